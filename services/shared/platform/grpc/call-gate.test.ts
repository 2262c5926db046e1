import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';

const full = new MeshError({
  code: 'RESOURCE_EXHAUSTED',
  reason: 'OVERLOADED',
  message: 'full',
  retry: { kind: 'after', delayMs: durationMs(50) },
});
const path = '/mlmesh.router.v1.RouterService/GetRouting';
const headers = {
  ':method': 'POST',
  ':path': path,
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** Gives the status of the answer, once it is there. */
async function statusOf(stream: ClientHttp2Stream): Promise<string> {
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
  return String(answer['grpc-status']);
}

describe('a gate before the calls of a server', () => {
  let server: MeshServer;
  let client: ClientHttp2Session;
  let arrived = 0;

  before(async () => {
    server = createServer({
      name: 'full',
      address: '127.0.0.1:0',
      clock: systemClock,
      gate: {
        paths: new Set([path]),
        enter: (header) => (header('mlmesh-priority') === 'high' ? undefined : full),
        arrived: () => {
          arrived += 1;
        },
      },
      services: [
        implementPartly('mlmesh.router.v1.RouterService', { getRouting: () => ({ models: [] }) }),
      ],
    });
    await server.start();
    client = connect(`http://${server.address}`);
    client.on('error', () => undefined);
  });
  after(async () => {
    client.destroy();
    await server.stop(0);
  });

  it('refuses by the headers, whether a body follows, is there already, or never ends', async () => {
    const calls = [
      client.request(headers, { endStream: true }),
      client.request(headers),
      client.request(headers),
      client.request({ ...headers, 'grpc-timeout': '60S' }),
    ];
    calls[1]?.end(Buffer.alloc(200));
    calls[2]?.write(Buffer.alloc(100_000));
    await Promise.all(
      calls.map(async (stream) => {
        stream.on('error', () => undefined);
        assert.equal(await statusOf(stream), '8');
        stream.resume();
        if (!stream.closed) await once(stream, 'close');
        assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
      }),
    );
    assert.equal(arrived, 0);
  });

  it('lets others in, and learns when each is whole', async () => {
    const stream = client.request({ ...headers, 'mlmesh-priority': 'high' });
    stream.end(Buffer.alloc(5));
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    assert.equal(answer[':status'], 200);
    assert.equal(arrived, 1);
    stream.resume();
    const [trailers] = (await once(stream, 'trailers')) as [Record<string, unknown>];
    assert.equal(trailers['grpc-status'], '0');
  });

  it('keeps no server from stopping with a call that was refused and does not end', async () => {
    const stream = client.request({ ...headers, 'grpc-timeout': '60S' });
    stream.on('error', () => undefined);
    assert.equal(await statusOf(stream), '8');
    const begunAt = performance.now();
    await server.stop(10_000);
    assert.ok(performance.now() - begunAt < 5_000);
  });
});
