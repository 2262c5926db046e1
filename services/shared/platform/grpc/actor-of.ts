import type { ServerCall } from './server-call.ts';

/** Says whose process is at the other end of a loopback connection. */
export interface LoopbackUsers {
  /**
   * Gives the user's name; undefined where the system does not tell users apart.
   * @throws {MeshError} UNAUTHENTICATED / CALLER_UNKNOWN
   */
  userOf(peer: string, ownPort: number): Promise<string | undefined>;
}

/**
 * Gives the name that is recorded for a caller: `tls:<name>` of its certificate, `token:<name>` of its bearer token, `local:<user>` of the process at the other end of the loopback, or
 * `loopback` where the system does not tell users apart. No field of a request has a say in it.
 * @throws {MeshError} UNAUTHENTICATED / CALLER_UNKNOWN
 */
export async function actorOf(
  call: Pick<ServerCall, 'peer' | 'identity'>,
  users: LoopbackUsers,
  ownAddress: string,
): Promise<string> {
  const { identity } = call;
  if (identity !== undefined) {
    return `${identity.kind === 'certificate' ? 'tls' : 'token'}:${identity.name}`;
  }
  const user = await users.userOf(call.peer, Number(/:(\d+)$/.exec(ownAddress)?.[1]));
  return user === undefined ? 'loopback' : `local:${user}`;
}
