import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../../../test/support/eventually.ts';
import { framed } from '../../../../test/support/framed.ts';
import { type DurationMs, durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { implementPartly } from './implement.ts';
import { loadMethod } from './load-proto.ts';
import { createServer, type MeshServer } from './server.ts';

const messageBytesMax = 300_000;
const { definition } = loadMethod('mlmesh.router.v1.RouterService', 'predict');
const seen = { aborted: 0, requests: 0 };

function startServer(limits: { readonly callMsMax?: DurationMs } = {}): MeshServer {
  return createServer({
    ...limits,
    name: 'raw',
    address: '127.0.0.1:0',
    clock: systemClock,
    messageBytesMax,
    services: [
      implementPartly('mlmesh.router.v1.RouterService', {
        predict: async ({ model, requestId }, { signal }) => {
          seen.requests += 1;
          if (model === 'hang') {
            await once(signal, 'abort');
            seen.aborted += 1;
            throw signal.reason;
          }
          if (model === 'wide') return { predictionId: 'x'.repeat(messageBytesMax + 1) };
          return { predictionId: requestId };
        },
      }),
    ],
  });
}

const requestOf = (model: string, requestId = 'r'): Buffer =>
  definition.requestSerialize({ model, requestId });

/** What a call came to, as HTTP/2 tells it. */
interface Outcome {
  readonly status: string;
  readonly text: string;
  readonly body: Buffer;
}

/** Sends one call in the given pieces and waits for its end. */
async function send(
  session: ClientHttp2Session,
  pieces: readonly Buffer[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const stream = session.request({
    ':method': 'POST',
    ':path': definition.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const found = { status: '', text: '' };
  const body: Buffer[] = [];
  const read = (given: IncomingHttpHeaders): void => {
    if (given['grpc-status'] === undefined) return;
    found.status = String(given['grpc-status']);
    found.text = decodeURI(String(given['grpc-message'] ?? ''));
  };
  stream.on('response', read);
  stream.on('trailers', read);
  stream.on('data', (piece: Buffer) => body.push(piece));
  stream.on('error', () => {}); // 'close' follows
  for (const piece of pieces) {
    stream.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
  await once(stream, 'close');
  return { ...found, body: Buffer.concat(body) };
}

describe('UnaryStream', () => {
  let server: MeshServer;
  let session: ClientHttp2Session;

  before(async () => {
    server = startServer();
    await server.start();
    session = connect(`http://${server.address}`);
  });
  after(async () => {
    session.destroy();
    await server.stop(0);
  });

  const idOf = ({ body }: Outcome): unknown => {
    const answer: object = definition.responseDeserialize(body.subarray(5));
    return 'predictionId' in answer ? answer.predictionId : undefined;
  };

  it('answers a message that comes in one piece, and one that comes in many', async () => {
    assert.equal(idOf(await send(session, [framed(requestOf('m', 'one'))])), 'one');
    const frame = framed(requestOf('m', 'y'.repeat(200_000)));
    const pieces = [0, 1, 4, 5, 6, 100_000, 199_999].map((from, at, all) =>
      frame.subarray(from, all[at + 1] ?? frame.length),
    );
    const outcome = await send(session, pieces);
    assert.equal(outcome.status, '0');
    assert.equal(idOf(outcome), 'y'.repeat(200_000));
  });

  it('refuses what is no single message, as grpc-js does', async () => {
    const frame = framed(requestOf('m'));
    assert.equal((await send(session, [])).status, '12');
    assert.equal((await send(session, [frame, frame])).status, '12');
    assert.equal((await send(session, [frame.subarray(0, 7)])).status, '12');
    assert.equal((await send(session, [framed(requestOf('m'), 1)])).status, '13');
  });

  it('refuses bytes that are no request as the fault of the caller, which they are', async () => {
    const { status, text } = await send(session, [framed(Buffer.of(0xff, 0xff))]);
    assert.equal(status, '3');
    assert.match(text, /RouterService\/Predict: wanted the bytes of its request, got 2/);
  });

  it('refuses messages above the limit, both ways', async () => {
    const large = framed(Buffer.alloc(messageBytesMax + 1));
    const outcome = await send(session, [large.subarray(0, 5)]);
    assert.equal(outcome.status, '8');
    assert.match(outcome.text, /larger than max \(300001 vs 300000\)/);
    assert.equal((await send(session, [framed(requestOf('wide'))])).status, '8');
  });

  it('ends a call at its deadline, and tells the handler', async () => {
    const before = seen.aborted;
    const headers = { 'grpc-timeout': '30m' };
    const outcome = await send(session, [framed(requestOf('hang'))], headers);
    assert.equal(outcome.status, '4');
    await eventually('the handler knows', () => seen.aborted === before + 1);
  });

  it('ends a call whose message never comes at its deadline', async () => {
    const stream = session.request({
      ':method': 'POST',
      ':path': definition.path,
      'content-type': 'application/grpc',
      'grpc-timeout': '30m',
    });
    stream.on('error', () => {});
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(headers['grpc-status'], '4');
    stream.close();
  });

  it('tells the handler of a caller that cancels', async () => {
    const [aborted, requests] = [seen.aborted, seen.requests];
    const stream = session.request({
      ':method': 'POST',
      ':path': definition.path,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => {});
    stream.end(framed(requestOf('hang')));
    await eventually('the handler runs', () => seen.requests === requests + 1);
    stream.close(constants.NGHTTP2_CANCEL);
    await eventually('the handler knows', () => seen.aborted === aborted + 1);
  });

  it('leaves to grpc-js what it does not serve: compression, odd timeouts, other content', async () => {
    const packed = framed(gzipSync(requestOf('m', 'packed')), 1);
    assert.equal(idOf(await send(session, [packed], { 'grpc-encoding': 'gzip' })), 'packed');
    const odd = await send(session, [framed(requestOf('m'))], { 'grpc-timeout': 'soon' });
    assert.equal(odd.status, '13');
    const plain = await send(session, [framed(requestOf('m'))], { 'content-type': 'text/plain' });
    assert.equal(plain.status, '');
  });
});

describe('a request that never comes whole', () => {
  const half = framed(requestOf('m')).subarray(0, 7);

  /** Opens a call, sends some of its request, and waits until the server has that. */
  async function openHalf(session: ClientHttp2Session, path = definition.path) {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => {}); // 'close' follows
    const answered = once(stream, 'response') as Promise<[IncomingHttpHeaders]>;
    stream.write(half);
    if (session.connecting) await once(session, 'connect');
    await new Promise<void>((resolve) => session.ping(() => resolve()));
    return { stream, answered };
  }

  it('is given up at the limit of the server, where its caller names none or a later one', async () => {
    const server = startServer({ callMsMax: durationMs(100) });
    await server.start();
    const session = connect(`http://${server.address}`);
    const started = systemClock.monotonic();
    const { stream, answered } = await openHalf(session);
    const [headers] = await answered;
    assert.equal(headers['grpc-status'], '4');
    assert.match(decodeURI(String(headers['grpc-message'])), /not whole within 100 ms/);
    assert.ok(headers['grpc-status-details-bin'] !== undefined);
    const tookMs = systemClock.monotonic() - started;
    assert.ok(tookMs >= 95 && tookMs < 2_000, `${tookMs} ms`);
    stream.close();
    session.destroy();
    await server.stop(0);
  });

  it('has what is left of that limit for its handler', async () => {
    const server = startServer({ callMsMax: durationMs(1_000) });
    await server.start();
    const session = connect(`http://${server.address}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': definition.path,
      'content-type': 'application/grpc',
    });
    const started = systemClock.monotonic();
    const frame = framed(requestOf('hang'));
    stream.write(frame.subarray(0, 7));
    setTimeout(() => stream.end(frame.subarray(7)), 700);
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    assert.equal(headers['grpc-status'], '4');
    const tookMs = systemClock.monotonic() - started;
    assert.ok(tookMs >= 990 && tookMs < 1_600, `${tookMs} ms`);
    stream.close();
    session.destroy();
    await server.stop(0);
  });

  it('holds no drain', async () => {
    for (const path of [definition.path, '/grpc.health.v1.Health/Check']) {
      const server = startServer();
      await server.start();
      const session = connect(`http://${server.address}`);
      const { answered } = await openHalf(session, path);
      const started = systemClock.monotonic();
      const stopped = server.stop(10_000);
      const [headers] = await answered;
      assert.equal(headers['grpc-status'], '14');
      assert.match(decodeURI(String(headers['grpc-message'])), /is stopping; ask another one/);
      await stopped;
      assert.ok(systemClock.monotonic() - started < 2_000);
      session.destroy();
    }
  });
});
