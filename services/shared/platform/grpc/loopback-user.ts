import { readFile } from 'node:fs/promises';
import { MeshError } from '../../kernel/mesh-error.ts';
import type { LoopbackUsers } from './actor-of.ts';

/** State of a connection that is open. One that was closed is shown as owned by root. */
const established = '01';
const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Asks the kernel of Linux, which lists each socket of this machine with the user who made it. The name is that of the machine's own list of users, or the
 * user's number. Other systems have no such list: there the caller is only known to be on this machine.
 */
export const kernelUsers: LoopbackUsers = {
  async userOf(peer, ownPort) {
    const peerPort = Number(/:(\d+)$/.exec(peer)?.[1]);
    const texts = await Promise.all(tables.map((path) => readFile(path, 'utf8').catch(() => '')));
    if (texts.every((text) => text === '')) return undefined;
    const uids = texts.flatMap((text) => uidsOf(text, peerPort, ownPort));
    const [uid] = uids;
    if (uid === undefined || uids.some((other) => other !== uid)) throw callerUnknown(peer);
    const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
    return nameOf(users, uid) ?? uid;
  },
};

/** Gives the owners of the sockets between two ports of this machine, as the other end sees them. */
export function uidsOf(table: string, localPort: number, remotePort: number): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
    const isMeant = portOf(local) === localPort && portOf(remote) === remotePort;
    return isMeant && state === established && uid !== undefined ? [uid] : [];
  });
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16);
}

function nameOf(users: string, uid: string): string | undefined {
  const line = users.split('\n').find((text) => text.split(':')[2] === uid);
  return line?.split(':')[0];
}

function callerUnknown(peer: string): MeshError {
  return new MeshError({
    code: 'UNAUTHENTICATED',
    reason: 'CALLER_UNKNOWN',
    message: `wanted to record who calls, but no process on this machine holds ${peer} any more; call again`,
    retry: { kind: 'after', delayMs: 0 },
  });
}
