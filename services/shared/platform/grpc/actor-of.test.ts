import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { describe, it } from 'node:test';
import { systemClock as clock } from '../process/system-clock.ts';
import { actorOf } from './actor-of.ts';
import { connectService } from './client.ts';
import { implementPartly } from './implement.ts';
import { kernelUsers, uidsOf } from './loopback-user.ts';
import { createServer, type MeshServer } from './server.ts';

const nobody = { userOf: () => Promise.resolve(undefined) };

describe('actorOf', () => {
  it('takes the name in the certificate before anything else', async () => {
    const identity = { kind: 'certificate' as const, name: '127.0.0.1:5', roles: [] };
    const call = { peer: '127.0.0.1:5', identity };
    assert.equal(await actorOf(call, nobody, '127.0.0.1:1'), 'tls:127.0.0.1:5');
  });
  it('tells the name of a bearer token from that of a certificate', async () => {
    const identity = { kind: 'token' as const, name: 'ci', roles: [] };
    const call = { peer: '127.0.0.1:5', identity };
    assert.equal(await actorOf(call, nobody, '127.0.0.1:1'), 'token:ci');
  });
  it('says only that somebody called over the loopback where users are not told apart', async () => {
    const call = { peer: '127.0.0.1:5', identity: undefined };
    assert.equal(await actorOf(call, nobody, '127.0.0.1:1'), 'loopback');
  });
  it('names the user whose process calls, as the kernel knows it', async () => {
    if (process.platform !== 'linux') return;
    const actors: string[] = [];
    const server: MeshServer = createServer({
      name: 'registry',
      address: '127.0.0.1:0',
      clock,
      services: [
        implementPartly('mlmesh.registry.v1.RegistryService', {
          async rollback(_, call) {
            actors.push(await actorOf(call, kernelUsers, server.address));
            return {};
          },
        }),
      ],
    });
    await server.start();
    const { address } = server;
    const client = connectService('mlmesh.registry.v1.RegistryService', [address], { clock });
    await client.rollback({ model: 'actor', reason: 'local:somebody-else' });
    client.close();
    await server.stop(1_000);
    assert.deepEqual(actors, [`local:${userInfo().username}`]);
  });
});

describe('uidsOf', () => {
  const line = (local: string, remote: string, state: string, uid: string) =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 1 1`;
  const open = line('0100007F:1F90', '0100007F:1D4E', '01', '1000');

  it('finds the owner of the socket between two ports', () => {
    assert.deepEqual(uidsOf(`head\n${open}\n`, 0x1f90, 0x1d4e), ['1000']);
    assert.deepEqual(uidsOf(open, 0x1d4e, 0x1f90), []);
  });
  it('does not take a closed connection, which is shown as owned by root, for one of root', () => {
    const closed = line('0100007F:1F90', '0100007F:1D4E', '06', '0');
    assert.deepEqual(uidsOf(closed, 0x1f90, 0x1d4e), []);
  });
});
