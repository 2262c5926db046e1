import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectService, type ServiceClient } from './client.ts';
import { implement, implementPartly } from './implement.ts';
import { createServer, type MeshServer } from './server.ts';

const clock = systemClock;

function refusal(): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a known model, got 'x\ud800'`,
    detail: { model: 'x', limit: 3 },
    violations: [{ field: 'model', description: 'is unknown' }],
    retry: { kind: 'after', delayMs: 1_500 },
  });
}

const sleep = (ms: number, signal: AbortSignal) => clock.sleep(durationMs(ms), signal);

describe('server and client', () => {
  let server: MeshServer;
  let router: ServiceClient<'mlmesh.router.v1.RouterService'>;
  let registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  const internal: MeshError[] = [];
  const seen: { isSlowUnderWay?: boolean; aborted?: unknown } = {};

  before(async () => {
    server = createServer({
      name: 'test',
      address: '127.0.0.1:0',
      clock,
      callMsMax: durationMs(1_000),
      onInternalError: (error) => internal.push(error),
      services: [
        implement('mlmesh.router.v1.RouterService', {
          predict: async ({ model, requestId }, call) => {
            if (model === 'refuse') throw refusal();
            if (model === 'crash') throw new Error('a secret');
            if (model === 'slow') {
              seen.isSlowUnderWay = true;
              await sleep(5_000, call.signal).catch((error: unknown) => {
                seen.aborted = error;
                throw error;
              });
            }
            const leftMs = call.deadline - clock.monotonic();
            return {
              predictionId: requestId,
              traceId: call.trace?.traceId ?? '',
              outputs: [leftMs],
            };
          },
          predictStream: async function* (requests, { signal }) {
            for await (const { sequence } of requests) {
              if (sequence === 99) throw refusal();
              if (sequence === 98) await sleep(5_000, signal);
              yield { sequence, response: { predictionId: `p${sequence}` } };
            }
          },
          drill: () => ({}),
          getRouting: () => ({ instance: 'i' }),
        }),
        implementPartly('mlmesh.registry.v1.RegistryService', {
          registerVersion: async (requests) => {
            let count = 0;
            for await (const request of requests) {
              assert.ok(request);
              count += 1;
              if (count === 50) break; // a handler may stop reading early
            }
            return { version: { model: `m${count}` } };
          },
          watch: async function* (_request, { signal }) {
            for (let sequence = 0; ; sequence += 1) {
              yield {};
              await sleep(sequence < 3 ? 0 : 60_000, signal);
            }
          },
        }),
      ],
    });
    await server.start();
    router = connectService('mlmesh.router.v1.RouterService', [server.address], { clock });
    registry = connectService('mlmesh.registry.v1.RegistryService', [server.address], { clock });
    await router.getRouting({}); // connects
  });

  after(async () => {
    router.close();
    registry.close();
    await server.stop(500);
  });

  it('carries a request, its deadline and its trace', async () => {
    const trace = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      isSampled: true,
    };
    const answer = await router.predict({ requestId: 'r1' }, { timeoutMs: durationMs(900), trace });
    assert.equal(answer.predictionId, 'r1');
    assert.equal(answer.traceId, trace.traceId);
    assert.ok((answer.outputs[0] ?? 0) > 100 && (answer.outputs[0] ?? 0) <= 901);
  });

  it('caps a deadline at the limit of the server, and answers then', async () => {
    const started = clock.monotonic();
    await assert.rejects(router.predict({ model: 'slow' }, { timeoutMs: durationMs(60_000) }), {
      code: 'DEADLINE_EXCEEDED',
      reason: 'DEADLINE_PASSED',
    });
    assert.ok(clock.monotonic() - started < 2_000);
    assert.equal((seen.aborted as MeshError).reason, 'DEADLINE_PASSED');
  });

  it("aborts the handler at the caller's deadline", async () => {
    seen.aborted = undefined;
    await assert.rejects(router.predict({ model: 'slow' }, { timeoutMs: durationMs(50) }), {
      reason: 'DEADLINE_PASSED',
    });
    await eventually('the handler was aborted', () => seen.aborted !== undefined);
    // The caller cancels at its deadline, which may be some milliseconds before the server's.
    const { reason } = seen.aborted as MeshError;
    assert.ok(reason === 'DEADLINE_PASSED' || reason === 'CALL_CANCELLED', reason);
  });

  it('aborts the handler when the caller gives up', async () => {
    seen.aborted = undefined;
    seen.isSlowUnderWay = false;
    const controller = new AbortController();
    const call = router.predict({ model: 'slow' }, { signal: controller.signal });
    await eventually('the handler runs', () => seen.isSlowUnderWay === true);
    controller.abort(new Error('enough'));
    await assert.rejects(call, { message: 'enough' });
    await eventually('the handler was aborted', () => seen.aborted !== undefined);
    assert.equal((seen.aborted as MeshError).reason, 'CALL_CANCELLED');
  });

  it('refuses a call whose deadline has passed', async () => {
    await assert.rejects(router.predict({}, { deadline: clock.monotonic() }), {
      reason: 'DEADLINE_PASSED',
    });
  });

  it('carries a MeshError whole', async () => {
    await assert.rejects(router.predict({ model: 'refuse' }), (error: MeshError) => {
      const { code, reason, message, detail, violations, retry } = error;
      assert.deepEqual(
        { code, reason, message, detail, violations, retry },
        {
          code: 'NOT_FOUND',
          reason: 'MODEL_UNKNOWN',
          message: `wanted a known model, got 'x\ufffd'`,
          detail: { model: 'x', limit: '3' },
          violations: [{ field: 'model', description: 'is unknown' }],
          retry: { kind: 'after', delayMs: 1_500 },
        },
      );
      return true;
    });
  });

  it('hides the text of a program error, and gives an id to find it by', async () => {
    await assert.rejects(router.predict({ model: 'crash' }), (error: MeshError) => {
      assert.equal(error.reason, 'INTERNAL');
      assert.doesNotMatch(error.message, /secret/);
      const logged = internal.at(-1);
      assert.ok(logged?.cause instanceof Error && logged.cause.message === 'a secret');
      assert.equal(error.detail['errorId'], logged?.detail['errorId']);
      return true;
    });
  });

  it('refuses a message above the limit', async () => {
    await assert.rejects(router.predict({ requestId: 'x'.repeat(5 * 1024 * 1024) }), {
      code: 'RESOURCE_EXHAUSTED',
      reason: 'MESSAGE_TOO_LARGE',
    });
  });

  it('answers a bidi stream message by message', async () => {
    async function* requests() {
      for (let sequence = 1; sequence <= 100; sequence += 1) yield { sequence: sequence % 97 };
    }
    const sequences: number[] = [];
    for await (const answer of router.predictStream(requests())) sequences.push(answer.sequence);
    assert.equal(sequences.length, 100);
  });

  it('ends a bidi stream with the error of its handler', async () => {
    async function* requests() {
      yield { sequence: 1 };
      yield { sequence: 99 };
      await sleep(60_000, AbortSignal.timeout(1_000));
    }
    const sequences: number[] = [];
    await assert.rejects(
      async () => {
        for await (const answer of router.predictStream(requests()))
          sequences.push(answer.sequence);
      },
      { reason: 'MODEL_UNKNOWN' },
    );
    assert.deepEqual(sequences, [1]);
  });

  it('takes a client stream, also when its handler stops reading early', async () => {
    async function* requests(count: number) {
      for (let index = 0; index < count; index += 1) yield { chunk: Buffer.alloc(64 * 1024) };
    }
    const few = await registry.registerVersion(requests(10), { timeoutMs: durationMs(5_000) });
    assert.equal(few.version?.model, 'm10');
    const many = await registry.registerVersion(requests(500), { timeoutMs: durationMs(5_000) });
    assert.equal(many.version?.model, 'm50');
  });

  it('ends a server stream when its reader stops', async () => {
    let count = 0;
    for await (const change of registry.watch({})) {
      assert.ok(change);
      count += 1;
      if (count === 4) break;
    }
    assert.equal(count, 4);
  });
});
