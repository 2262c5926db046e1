import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { eventually } from '../../../../test/support/eventually.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectService, type ServiceClient } from './client.ts';
import { implementPartly } from './implement.ts';
import { loadMethod } from './load-proto.ts';
import { createServer, type MeshServer } from './server.ts';

const clock = systemClock;
const mib = 1024 * 1024;
const chunk = Buffer.alloc(mib / 4, 'c');
/** Chunks of a download. */
const chunks = 200;
const download = loadMethod('mlmesh.registry.v1.RegistryService', 'download').definition;
const predict = loadMethod('mlmesh.router.v1.RouterService', 'predict').definition;
const timeoutMs = durationMs(30_000);

describe('streams that grpc-js serves', () => {
  let server: MeshServer;
  let router: ServiceClient<'mlmesh.router.v1.RouterService'>;
  let registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  let stock: Client;
  const seen = { chunksMade: 0, bytesUploaded: 0, aborted: undefined as unknown };

  before(async () => {
    server = createServer({
      name: 'streams',
      address: '127.0.0.1:0',
      clock,
      services: [
        implementPartly('mlmesh.router.v1.RouterService', {
          predict: ({ requestId }) => Promise.resolve({ predictionId: requestId }),
          predictStream: async function* (requests, { signal }) {
            for await (const { sequence, request } of requests) {
              if (request?.model === 'refuse') {
                throw new MeshError({
                  code: 'NOT_FOUND',
                  reason: 'MODEL_UNKNOWN',
                  message: 'no such model',
                  detail: { model: 'refuse' },
                });
              }
              if (request?.model === 'hang') {
                await once(signal, 'abort');
                seen.aborted = signal.reason;
              }
              yield { sequence, response: { predictionId: `${request?.requestId}` } };
            }
          },
        }),
        implementPartly('mlmesh.registry.v1.RegistryService', {
          upload: async (requests) => {
            seen.bytesUploaded = 0;
            for await (const { chunk: piece } of requests) {
              seen.bytesUploaded += piece?.length ?? 0;
              if (seen.bytesUploaded % (4 * mib) === 0) await delay(1);
            }
            return {};
          },
          download: async function* (_request, { signal }) {
            seen.chunksMade = 0;
            for (let at = 0; at < chunks; at += 1) {
              seen.chunksMade += 1;
              yield { chunk };
            }
            signal.throwIfAborted();
          },
        }),
      ],
    });
    await server.start();
    router = connectService('mlmesh.router.v1.RouterService', [server.address], { clock });
    registry = connectService('mlmesh.registry.v1.RegistryService', [server.address], { clock });
    stock = new Client(server.address, credentials.createInsecure());
  });
  after(async () => {
    router.close();
    registry.close();
    stock.close();
    await server.stop(500);
  });

  const openDownload = () =>
    stock.makeServerStreamRequest(
      download.path,
      download.requestSerialize,
      download.responseDeserialize,
      {},
      new Metadata(),
      { deadline: Date.now() + timeoutMs },
    );

  it('carry 2,000 messages both ways, in their order', async () => {
    async function* requests() {
      for (let sequence = 1; sequence <= 2_000; sequence += 1) {
        yield { sequence, request: { requestId: `r${sequence}`.repeat(1 + (sequence % 50)) } };
      }
    }
    let last = 0;
    for await (const { sequence, response } of router.predictStream(requests(), { timeoutMs })) {
      last += 1;
      assert.equal(sequence, last);
      assert.equal(response?.predictionId, `r${sequence}`.repeat(1 + (sequence % 50)));
    }
    assert.equal(last, 2_000);
  });

  it('make no more than a slow reader takes, and all arrives', async () => {
    const call = openDownload();
    let bytes = 0;
    call.once('data', () => call.pause());
    await eventually('the first message came', () => call.isPaused());
    let before = 0;
    await eventually('no more is made', async () => {
      const isSettled = seen.chunksMade === before;
      before = seen.chunksMade;
      await delay(300);
      return isSettled;
    });
    // Streams of grpc-js hold 16 messages each, at both ends.
    assert.ok(seen.chunksMade < 60, `${seen.chunksMade} chunks were made`);
    call.on('data', (message: object) => {
      if ('chunk' in message && message.chunk instanceof Uint8Array) bytes += message.chunk.length;
    });
    call.resume();
    const [outcome] = (await once(call, 'status')) as [{ readonly code: number }];
    assert.equal(outcome.code, status.OK);
    // The first one was not counted.
    assert.equal(bytes, (chunks - 1) * chunk.length);
  });

  it('tell the handler when the caller cancels amid them', async () => {
    const controller = new AbortController();
    async function* requests() {
      yield { sequence: 1, request: { requestId: 'first' } };
      yield { sequence: 2, request: { model: 'hang' } };
      await once(controller.signal, 'abort');
    }
    const answers = router.predictStream(requests(), { signal: controller.signal, timeoutMs });
    const iterator = answers[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).value?.sequence, 1);
    controller.abort(new Error('enough'));
    await assert.rejects(iterator.next(), { message: 'enough' });
    await eventually('the handler was told', () => seen.aborted !== undefined);
    assert.ok(seen.aborted instanceof MeshError);
    assert.equal(seen.aborted.reason, 'CALL_CANCELLED');
  });

  it('stop being made when the caller cancels while nothing more fits', async () => {
    const call = openDownload();
    call.on('error', () => {}); // it is cancelled
    call.once('data', () => call.pause());
    await eventually('the first message came', () => call.isPaused());
    call.cancel();
    await delay(200);
    const made = seen.chunksMade;
    assert.ok(made < chunks);
    await delay(200);
    assert.equal(seen.chunksMade, made);
  });

  it('end with the error of their handler, its details too', async () => {
    async function* requests() {
      yield { sequence: 1, request: { requestId: 'fine' } };
      yield { sequence: 2, request: { model: 'refuse' } };
    }
    const sequences: number[] = [];
    const reading = async () => {
      for await (const { sequence } of router.predictStream(requests(), { timeoutMs })) {
        sequences.push(sequence);
      }
    };
    await assert.rejects(reading(), {
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: 'no such model',
      detail: { model: 'refuse' },
    });
    assert.deepEqual(sequences, [1]);
  });

  it('take an upload of 20 MB', async () => {
    async function* requests() {
      for (let at = 0; at < 80; at += 1) yield { chunk };
    }
    await registry.upload(requests(), { timeoutMs });
    assert.equal(seen.bytesUploaded, 20 * mib);
  });

  it('run side by side on one connection', async () => {
    async function* requests(from: number) {
      for (let at = 0; at < 200; at += 1) {
        yield { sequence: at + 1, request: { requestId: `${from}`.repeat(500) } };
      }
    }
    const counts = await Promise.all(
      Array.from({ length: 20 }, async (_, from) => {
        let count = 0;
        for await (const { response } of router.predictStream(requests(from), { timeoutMs })) {
          assert.equal(response?.predictionId, `${from}`.repeat(500));
          count += 1;
        }
        return count;
      }),
    );
    assert.deepEqual(
      counts,
      counts.map(() => 200),
    );
  });

  it('serve a unary request that is compressed', async () => {
    const gzip = 2;
    const client = new Client(server.address, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': gzip,
    });
    const requestId = 'compressible'.repeat(1_000);
    const answer = await unary(client, predict.path, { model: 'm', requestId });
    client.close();
    assert.ok('predictionId' in answer);
    assert.equal(answer.predictionId, requestId);
  });

  it('refuse a method that is not there', async () => {
    const wanted = { code: status.UNIMPLEMENTED };
    await assert.rejects(unary(stock, '/mlmesh.router.v1.RouterService/Nothing', {}), wanted);
    await assert.rejects(unary(stock, '/nothing', {}), wanted);
    await assert.rejects(router.getRouting({}), { code: 'UNIMPLEMENTED' });
  });

  /** Calls as a client of grpc-js does by itself. */
  function unary(client: Client, path: string, request: object): Promise<object> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        predict.requestSerialize,
        predict.responseDeserialize,
        request,
        { deadline: Date.now() + 10_000 },
        (error, answer) => {
          if (error === null && answer !== undefined) resolve(answer);
          else reject(error);
        },
      );
    });
  }
});
