import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { listenOnFree } from './listen-on-free.ts';

const host = '127.0.0.1';

describe('listenOnFree', () => {
  const servers: Server[] = [];
  const newServer = () => {
    const server = createServer();
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    const open = servers.splice(0).filter(({ listening }) => listening);
    await Promise.all(open.map((server) => once(server.close(), 'close')));
  });

  it('gives ports that no system hands out by itself', async () => {
    for (const next of [() => 0, () => 1 - Number.EPSILON]) {
      const port = await listenOnFree(newServer(), host, { next });
      assert.ok(port >= 16_384 && port < 32_768, String(port));
    }
  });

  it('goes on where a port is taken', async () => {
    const points = [0.5, 0.5, 0.5, 0.25];
    const random = { next: () => points.shift() ?? 0.75 };
    const first = await listenOnFree(newServer(), host, random);
    const second = await listenOnFree(newServer(), host, random);
    assert.deepEqual([first, second], [24_576, 20_480]);
  });

  it('takes what the system gives where all that it tries are taken', async () => {
    const random = { next: () => 0.625 };
    const first = await listenOnFree(newServer(), host, random);
    const second = await listenOnFree(newServer(), host, random);
    assert.notEqual(first, second);
  });

  it('says why a host that is not of this machine can not be listened on', async () => {
    const tried = listenOnFree(newServer(), '192.0.2.1', { next: () => 0.5 });
    await assert.rejects(tried, { code: 'EADDRNOTAVAIL' });
  });
});
