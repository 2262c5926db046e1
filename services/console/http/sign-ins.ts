import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Person } from '../core/person.ts';
import { Sessions } from '../core/sessions.ts';
import type { People } from '../ports.ts';

/** The prefix has browsers keep it for this host alone, and over HTTPS alone. @source https://httpwg.org/specs/rfc6265.html, rfc6265bis section 4.1.3.2 */
const cookieName = '__Host-mlmesh';
/** Scripts can't read it, and no other site's page sends it. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';
/** A token of `mlmesh certs token` has 43 characters; others may be longer. */
const tokenCharsMax = 4_096;

/** Signs people in and out, and knows them again by a cookie. */
export class SignIns {
  readonly #people: People;
  readonly #sessions: Sessions;

  constructor(people: People, clock: Clock) {
    this.#people = people;
    // 32 random bytes can't be guessed.
    this.#sessions = new Sessions(clock, () => randomBytes(32).toString('base64url'));
  }

  /**
   * Signs in whoever has a token: the answer's header has their cookie.
   * @param body `{ "token": "..." }`
   * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD; UNAUTHENTICATED / TOKEN_UNKNOWN; PERMISSION_DENIED / ROLE_MISSING
   */
  begin(body: unknown, response: ServerResponse): Person {
    const token = tokenIn(body);
    const person = this.#people.whoHas(token);
    if (person.roles.length === 0) throw noRole(person.name);
    response.setHeader('set-cookie', `${cookieName}=${this.#sessions.begin(token)}; ${attributes}`);
    return person;
  }

  /** Signs out whoever asks. */
  end(request: IncomingMessage, response: ServerResponse): void {
    const id = cookieOf(request);
    if (id !== undefined) this.#sessions.end(id);
    response.setHeader('set-cookie', `${cookieName}=; Max-Age=0; ${attributes}`);
  }

  /**
   * Gives who asks; their roles are those of now.
   * @throws {MeshError} UNAUTHENTICATED / CREDENTIALS_MISSING where nobody has signed in, TOKEN_UNKNOWN where their token no longer counts
   */
  personOf(request: IncomingMessage): Person {
    const id = cookieOf(request);
    const token = id === undefined ? undefined : this.#sessions.tokenOf(id);
    if (token === undefined) throw notSignedIn();
    return this.#people.whoHas(token);
  }

  /** Gives who asks, or undefined where nobody has signed in whose token counts. */
  knownPersonOf(request: IncomingMessage): Person | undefined {
    try {
      return this.personOf(request);
    } catch (error) {
      if (error instanceof MeshError && error.code === 'UNAUTHENTICATED') return undefined;
      throw error;
    }
  }
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  const cookies = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='));
  return cookies.find(([name]) => name === cookieName)?.[1];
}

function tokenIn(body: unknown): string {
  const token: unknown = typeof body === 'object' && body !== null && 'token' in body && body.token;
  if (typeof token === 'string' && /^[^\s]+$/.test(token) && token.length <= tokenCharsMax) {
    return token;
  }
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `wanted a bearer token of 1 to ${tokenCharsMax} characters without spaces; \`mlmesh certs token <name> --role operator\` makes one`,
  });
}

function notSignedIn(): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'CREDENTIALS_MISSING',
    message: 'wanted somebody who has signed in; sign in with a bearer token',
  });
}

function noRole(name: string): MeshError {
  return new MeshError({
    code: 'PERMISSION_DENIED',
    reason: 'ROLE_MISSING',
    message: `the console is for whoever has a role, and '${name}' has none; ask an admin for one`,
  });
}
