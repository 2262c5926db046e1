import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { MeshError } from '../../../kernel/mesh-error.ts';
import type { CallStream } from '../../http2/call-stream.ts';
import { type AccessList, emptyAccessList } from './access-list.ts';
import {
  bearerOf,
  holderOf,
  type Identity,
  type IdentityReader,
  type NamedCertificate,
} from './identity.ts';
import { type MethodRoles, readMethodRoles } from './method-roles.ts';

/** A call that was refused before anything of it was read. */
export interface Denial {
  /** Full name without the leading slash; `unknown` for one that the contract does not have. */
  readonly method: string;
  readonly error: MeshError;
  /** Who called: a name that was proved, or an address. */
  readonly who: string;
  readonly plane: MethodRoles['plane'] | 'none';
}

/** What is known of one connection, as long as the same access list counts. */
interface ConnectionAccess {
  readonly list: AccessList;
  /** Its holder, or why there is none. */
  readonly holder: Identity | MeshError;
  /** Methods that its holder may call. */
  readonly allowed: Set<string>;
}

/**
 * Decides on each call by who calls and which method, before anything of it is read. For a connection with a certificate that is found out with its first call, and each method's answer with
 * the method's first call: after that it is a look into a map and a set. A new access list counts from the next call on, on connections that are open as well.
 */
export class AccessGate implements IdentityReader {
  readonly #table = readMethodRoles();
  readonly #listOf: () => AccessList;
  readonly #connections = new WeakMap<object, ConnectionAccess>();

  constructor(listOf: () => AccessList = () => emptyAccessList) {
    this.#listOf = listOf;
  }

  /** Gives why a call is refused; undefined when it may pass. */
  denialOf(stream: CallStream): Denial | undefined {
    const { path } = stream.headers;
    const authorization = stream.headers.get('authorization');
    const access = this.#accessOf(stream);
    if (authorization === undefined && access.allowed.has(path)) return undefined;
    const holder =
      authorization === undefined ? access.holder : this.#bearerOf(authorization, access.list);
    const entry = this.#table.get(path);
    const error = holder instanceof MeshError ? holder : refusalOf(path, entry, holder);
    if (error === undefined) {
      if (authorization === undefined && entry !== undefined) access.allowed.add(path);
      return undefined;
    }
    const method = entry === undefined ? 'unknown' : path.slice(1);
    const who = holder instanceof MeshError ? addressOf(stream) : `${holder.kind}:${holder.name}`;
    return { method, error, who, plane: entry?.plane ?? 'none' };
  }

  identityOf(
    certificate: NamedCertificate | undefined,
    authorization: string | undefined,
  ): Identity | undefined {
    const list = this.#listOf();
    if (authorization !== undefined) return bearerOf(authorization, list, Date.now());
    return certificate === undefined ? undefined : holderOf(certificate, list);
  }

  #accessOf({ connection, socket }: CallStream): ConnectionAccess {
    const list = this.#listOf();
    const known = this.#connections.get(connection);
    if (known?.list === list) return known;
    const access = { list, holder: holderOfSocket(socket, list), allowed: new Set<string>() };
    this.#connections.set(connection, access);
    return access;
  }

  #bearerOf(authorization: string, list: AccessList): Identity | MeshError {
    try {
      return bearerOf(authorization, list, Date.now());
    } catch (error) {
      if (error instanceof MeshError) return error;
      throw error;
    }
  }
}

/** What the contract does not have passes, for whoever has a role: the server says that it is not there. */
function refusalOf(
  path: string,
  entry: MethodRoles | undefined,
  { name, roles }: Identity,
): MeshError | undefined {
  const wanted = entry?.roles ?? ['caller'];
  const may =
    roles.includes('admin') ||
    (roles.length > 0 && wanted.includes('caller')) ||
    wanted.some((role) => roles.includes(role));
  if (may) return undefined;
  const has = roles.length === 0 ? 'no role' : `the role ${roles.join(' and ')}`;
  return new MeshError({
    code: 'PERMISSION_DENIED',
    reason: 'ROLE_MISSING',
    message: `${path.slice(1)} is for ${wanted.join(' or ')}, and '${name}' has ${has}; ask an admin for a certificate or a line in the access list, or use another identity`,
  });
}

function holderOfSocket(socket: Socket, list: AccessList): Identity | MeshError {
  if (socket.destroyed || !(socket instanceof TLSSocket)) return missing();
  const certificate: NamedCertificate = socket.getPeerCertificate();
  if (socket.authorized) return holderOf(certificate, list) ?? untrusted('it names nobody');
  // Node gives an empty object where there is none.
  if (certificate.subject === undefined) return missing();
  // Node gives the code as a text, and not as the error that its types name.
  const code = String(socket.authorizationError);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return expired(code);
  return untrusted(code);
}

function missing(): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'CREDENTIALS_MISSING',
    message:
      'wanted a certificate of the mesh or a bearer token, got neither; `mlmesh certs person <name>` makes a certificate',
  });
}

function untrusted(why: string): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'CERTIFICATE_UNTRUSTED',
    message: `wanted a caller's certificate of an authority that this mesh trusts, got another (${why}); use one that this mesh's authority made`,
  });
}

function expired(code: string): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'CERTIFICATE_EXPIRED',
    message: `wanted a certificate that is valid now, got another (${code}); \`mlmesh certs renew\` makes one`,
  });
}

function addressOf(stream: CallStream): string {
  return stream.socket.remoteAddress ?? 'unknown';
}
