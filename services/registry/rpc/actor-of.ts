import type { ServerCall } from '../../shared/platform/grpc/server-call.ts';
import type { LoopbackUsers } from '../ports.ts';

/**
 * Gives the name that the log records for a caller: `tls:<name>` of its certificate, `local:<user>` of the process at the other end of the loopback, or
 * `loopback` where the system does not tell users apart. No field of a request has a say in it.
 * @throws {MeshError} UNAUTHENTICATED / CALLER_UNKNOWN
 */
export async function actorOf(
  call: Pick<ServerCall, 'peer' | 'certificateName'>,
  users: LoopbackUsers,
  ownAddress: string,
): Promise<string> {
  if (call.certificateName !== undefined) return `tls:${call.certificateName}`;
  const user = await users.userOf(call.peer, Number(/:(\d+)$/.exec(ownAddress)?.[1]));
  return user === undefined ? 'loopback' : `local:${user}`;
}
