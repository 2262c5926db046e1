import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { implementPartly } from './implement.ts';
import { RefusedStreams } from './refused-streams.ts';
import { createServer as createMeshServer } from './server.ts';

const full = new MeshError({
  code: 'RESOURCE_EXHAUSTED',
  reason: 'OVERLOADED',
  message: 'full',
  retry: { kind: 'after', delayMs: durationMs(50) },
});
const headers = { ':method': 'POST', ':path': '/full', 'content-type': 'application/grpc' };

/** Gives the status of the answer, once it is there. */
async function statusOf(stream: ClientHttp2Stream): Promise<string> {
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
  return String(answer['grpc-status']);
}

describe('RefusedStreams', { concurrency: false }, () => {
  const refused = new RefusedStreams();
  const server = createServer();
  const resets: number[] = [];
  let client: ClientHttp2Session;

  before(async () => {
    server.on('stream', (stream) => {
      refused.refuse(stream, full);
      const close = stream.close.bind(stream);
      stream.close = (code, callback) => {
        resets.push(code ?? 0);
        close(code, callback);
      };
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(() => {
    client.destroy();
    server.close();
  });

  it('lets a small call end by itself, whether its data or its headers are last', async () => {
    for (const body of [undefined, Buffer.alloc(200)]) {
      const stream = client.request(headers, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      assert.equal(await statusOf(stream), '8');
      stream.resume();
      await once(stream, 'close');
      assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
    }
    await eventually('all are over', () => Promise.resolve(refused.size === 0));
    assert.deepEqual(resets, []);
  });

  it('resets one that goes on', async () => {
    const stream = client.request(headers);
    stream.write(Buffer.alloc(100));
    assert.equal(await statusOf(stream), '8');
    await delay(20);
    stream.write(Buffer.alloc(100));
    await eventually('it is over', () => Promise.resolve(refused.size === 0));
    assert.deepEqual(resets.splice(0), [constants.NGHTTP2_NO_ERROR]);
    stream.destroy();
  });

  it('resets one that does not end, within a second or so', async () => {
    const stream = client.request(headers);
    assert.equal(await statusOf(stream), '8');
    assert.equal(refused.size, 1);
    await eventually('it is over', () => Promise.resolve(refused.size === 0), 5_000);
    assert.deepEqual(resets.splice(0), [constants.NGHTTP2_NO_ERROR]);
    stream.destroy();
  });
});

it('a call that was refused and does not end keeps no server from stopping', async () => {
  const path = '/mlmesh.router.v1.RouterService/GetRouting';
  const server = createMeshServer({
    name: 'full',
    address: '127.0.0.1:0',
    clock: systemClock,
    gate: { paths: new Set([path]), enter: () => full, arrived: () => undefined },
    services: [
      implementPartly('mlmesh.router.v1.RouterService', { getRouting: () => ({ models: [] }) }),
    ],
  });
  await server.start();
  const client = connect(`http://${server.address}`);
  client.on('error', () => undefined);
  const stream = client.request({
    ...{ ...headers, ':path': path },
    ...{ te: 'trailers', 'grpc-timeout': '60S' },
  });
  stream.on('error', () => undefined);
  assert.equal(await statusOf(stream), '8');
  const begunAt = performance.now();
  await server.stop(10_000);
  assert.ok(performance.now() - begunAt < 5_000);
  client.destroy();
});
