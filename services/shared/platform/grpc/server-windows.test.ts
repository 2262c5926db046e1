import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import { type ReceiveLimits, stockWindowBytes } from '../http2/receive-limits.ts';
import { systemClock } from '../process/system-clock.ts';
import { implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';

const kib = 1024;

/** A server with a stream that is never read. */
async function startDeafServer(receive: Partial<ReceiveLimits>): Promise<MeshServer> {
  const server = createServer({
    name: 'deaf',
    address: '127.0.0.1:0',
    clock: systemClock,
    receive,
    services: [
      implementPartly('mlmesh.router.v1.RouterService', {
        predictStream: async function* (_requests, { signal }) {
          await once(signal, 'abort');
          yield {};
        },
      }),
    ],
  });
  await server.start();
  return server;
}

/** Sends small messages on a new call until its peer takes no more; says how many bytes that took. */
function flood(session: ClientHttp2Session): {
  readonly stream: ClientHttp2Stream;
  sentBytes: number;
} {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/mlmesh.router.v1.RouterService/PredictStream',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => {}); // the session is destroyed under it
  const flooding = { stream, sentBytes: 0 };
  const message = Buffer.alloc(8 * kib);
  message.writeUInt32BE(message.length - 5, 1);
  const send = (): void => {
    stream.write(message, (error) => {
      if (error) return;
      flooding.sentBytes += message.length;
      send();
    });
  };
  send();
  return flooding;
}

/** Waits until a peer was told a window. */
function windowIs(session: ClientHttp2Session, bytes: number): Promise<void> {
  return eventually(
    `the window is ${bytes}`,
    () => session.remoteSettings.initialWindowSize === bytes,
  );
}

/** Waits until nothing more is sent; gives the sum. */
async function settledBytes(all: readonly { readonly sentBytes: number }[]): Promise<number> {
  const sum = (): number => all.reduce((total, one) => total + one.sentBytes, 0);
  let last = -1;
  await eventually('no more bytes are taken', async () => {
    const now = sum();
    const isSettled = now === last && now > 0;
    last = now;
    await delay(100);
    return isSettled;
  });
  return sum();
}

describe('the windows of a server', () => {
  let server: MeshServer;
  let session: ClientHttp2Session;
  const limits = {
    streamBytesMax: 512 * kib,
    connectionBytesMax: 2 * kib * kib,
    frameBytesMax: 128 * kib,
  };

  before(async () => {
    server = await startDeafServer(limits);
    session = connect(`http://${server.address}`);
    session.on('error', () => {});
  });
  after(async () => {
    session.destroy();
    await server.stop(0);
  });

  it('tells a peer the window and the frame size of the server', async () => {
    await windowIs(session, limits.streamBytesMax);
    assert.equal(session.remoteSettings.maxFrameSize, limits.frameBytesMax);
  });

  it('takes no more of a call that nobody reads than its window', async () => {
    const one = flood(session);
    const bytes = await settledBytes([one]);
    // What is decoded already and the write that waits count as sent.
    assert.ok(bytes > limits.streamBytesMax / 2, `${bytes} bytes`);
    assert.ok(bytes <= limits.streamBytesMax + 64 * kib, `${bytes} bytes`);
    one.stream.close(constants.NGHTTP2_CANCEL);
  });

  it('takes less of each where many calls are not read, and more again when they are gone', async () => {
    const all = Array.from({ length: 40 }, () => flood(session));
    await windowIs(session, stockWindowBytes);
    for (const { stream } of all) stream.close(constants.NGHTTP2_CANCEL);
    await windowIs(session, limits.streamBytesMax);
  });

  it('holds the limit of a connection whose calls come one after the other', async () => {
    const all: ReturnType<typeof flood>[] = [];
    for (let call = 0; call < 32; call += 1) {
      all.push(flood(session));
      await delay(10);
    }
    const bytes = await settledBytes(all);
    // The first four fill the limit; each doubling after them adds half of it at most: 8, 16 and 32 calls.
    const most = limits.connectionBytesMax * 2.5 + all.length * 64 * kib;
    assert.ok(bytes <= most, `${bytes} bytes, ${most} at most`);
    for (const { stream } of all) stream.close(constants.NGHTTP2_CANCEL);
  });
});
