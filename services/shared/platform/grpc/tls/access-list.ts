import { createHash } from 'node:crypto';
import { MeshError, messageOf } from '../../../kernel/mesh-error.ts';
import { type Role, roleOf, roles } from '../../../kernel/role.ts';

/** A bearer token that is known. */
export interface KnownToken {
  /** Whose it is. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Epoch ms after which it counts no more; Infinity for never. */
  readonly expiresMs: number;
}

/** Who may do what, beside what certificates say. */
export interface AccessList {
  /** Roles by the name of a certificate: they count instead of those in it, and none shut its holder out. */
  readonly certificates: ReadonlyMap<string, readonly Role[]>;
  /** By the SHA-256 of the token, in hexadecimal: the list can't be used to call. */
  readonly tokens: ReadonlyMap<string, KnownToken>;
}

/** A list that says nothing. */
export const emptyAccessList: AccessList = { certificates: new Map(), tokens: new Map() };

/** Gives the digest under which a token stands in a list. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/**
 * Reads a list: `{ "certificates": { "ada": ["operator"] }, "tokens": [{ "name": "ci", "sha256": "...", "roles": ["author"], "expires": "2027-01-31" }] }`.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function parseAccessList(text: string): AccessList {
  const { certificates, tokens, ...rest } = fieldsOf(parseJson(text), 'the access list');
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw invalid(`wanted 'certificates' and 'tokens' in the access list, got '${unknown}'`);
  }
  const named = Object.entries(fieldsOf(certificates ?? {}, 'certificates'));
  if (tokens !== undefined && !Array.isArray(tokens)) throw invalid(`wanted a list as 'tokens'`);
  const listed: readonly unknown[] = tokens ?? [];
  return {
    certificates: new Map(named.map(([name, value]) => [name, rolesOf(value, name)])),
    tokens: new Map(listed.map(tokenOf)),
  };
}

function tokenOf(value: unknown): readonly [string, KnownToken] {
  const { name, sha256, roles: given, expires } = fieldsOf(value, 'tokens');
  if (typeof name !== 'string' || name === '') throw invalid(`wanted a name for each token`);
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid(`wanted the SHA-256 of token '${name}' as 64 hexadecimal digits`);
  }
  const expiresMs = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(String(expires));
  if (Number.isNaN(expiresMs)) throw invalid(`wanted a date as 'expires' of token '${name}'`);
  return [sha256, { name, roles: rolesOf(given, name), expiresMs }];
}

function rolesOf(value: unknown, name: string): readonly Role[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((text) => {
    const role = roleOf(text);
    if (role !== undefined) return role;
    throw invalid(`wanted roles of ${roles.join(', ')} for '${name}', got '${String(text)}'`);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`wanted JSON as the access list: ${messageOf(error)}`, error);
  }
}

function fieldsOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>; // its fields are looked at one by one
  }
  throw invalid(`wanted an object as ${where}`);
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message, cause });
}
