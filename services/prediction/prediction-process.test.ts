import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../test/support/eventually.ts';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { FakeRegistry } from '../../test/support/fake-registry.ts';
import { batchOf, InferStream, PredictionProcess } from '../../test/support/prediction-process.ts';
import { slowWidths, testModel } from '../../test/support/test-model.ts';
import { onnxBackend } from '../shared/platform/inference/execution-provider.ts';
import { probeCuda } from '../shared/platform/inference/probe-cuda.ts';
import { findTensorFlowLibrary } from '../shared/platform/inference/tensorflow-library.ts';

type Reply = Awaited<ReturnType<InferStream['send']>>[number];

function outputsOf(reply: Reply | undefined): readonly number[] {
  assert(reply?.rows, JSON.stringify(reply?.error));
  const bytes = Uint8Array.from(reply.rows.outputs);
  return [...new Float32Array(bytes.buffer)];
}

function reasonOf(reply: Reply | undefined): string {
  return reply?.error?.reason ?? 'none';
}

const small = testModel();
const tfjs = testModel({ format: 'tfjs' });
const unsound = testModel({ weight: Number.NaN });
const slow = testModel({ widths: slowWidths });
// About half a second for 1,024 rows: on a fast machine the other one comes back before it counts as stuck.
const slowest = testModel({ widths: [4, ...Array.from({ length: 20 }, () => 1_024)] });

describe('prediction process', () => {
  it('serves what the aliases point to, of both formats, and says why when it cannot', async () => {
    using folder = temporaryFolder();
    const registry = new FakeRegistry();
    registry.add(1, small);
    registry.add(2, tfjs);
    registry.add(3, unsound);
    registry.add(4, { ...testModel({ widths: [4, 9] }) }, Buffer.from('damaged'));
    registry.point('production', 1);
    registry.point('shadow', 2);
    registry.point('canary', 3);
    registry.point('control', 4);
    const address = await registry.start();
    await using service = await PredictionProcess.start({
      folder: folder.path,
      registry: address,
    });
    for (const version of [1, 2, 3]) await service.reaches(version, 'READY');
    await service.reaches(4, 'FAILED ARTIFACT_CORRUPT');
    const stream = new InferStream(service.client);
    const [expected = 0] = small.expected(new Float32Array(4).fill(0.5));
    const replies = await stream.send([
      batchOf(1, { value: 0.5 }),
      batchOf(2, { value: 0.5, priority: 'PRIORITY_SHADOW' }),
      batchOf(3),
      batchOf(4),
      batchOf(9),
      batchOf(1, { rows: 2, features: Buffer.alloc(31) }),
      batchOf(1, { rows: 1_025 }),
      batchOf(1, { featureSetHash: '0'.repeat(64) }),
      batchOf(1, { budgetMs: -1 }),
      batchOf(1, { value: Number.NaN }),
      batchOf(1, { model: 'nobody' }),
      batchOf(1, { rows: 3, value: 0.5 }),
    ]);
    for (const at of [0, 1]) {
      // 1e-5: float32 sums of a dozen terms against float64.
      assert.ok(Math.abs((outputsOf(replies[at])[0] ?? 0) - expected) < 1e-5);
    }
    const cuda = await probeCuda();
    assert.equal(replies[0]?.rows?.backend, onnxBackend(cuda.kind === 'ready' ? 'cuda' : 'cpu'));
    assert.match(
      replies[1]?.rows?.backend ?? '',
      findTensorFlowLibrary() === undefined ? /^tfjs-wasm$/ : /^tensorflow-(cpu|gpu)$/,
    );
    assert.deepEqual(replies.slice(2, 11).map(reasonOf), [
      'TENSOR_NOT_FINITE',
      'MODEL_NOT_READY',
      'VERSION_UNKNOWN',
      'TENSOR_SHAPE',
      'INVALID_FIELD',
      'FEATURE_SET_UNKNOWN',
      'DEADLINE_PASSED',
      'INVALID_FIELD',
      'MODEL_UNKNOWN',
    ]);
    assert.deepEqual(
      outputsOf(replies[11]),
      [0, 1, 2].map(() => outputsOf(replies[0])[0]),
    );
    assert.ok(
      stream.frameSizes.some((size) => size > 1),
      'answers of one call share a frame',
    );
    const { servables } = await service.client.modelStatus({ model: 'late' });
    // The job with NaN shared the call, and only its own row failed.
    assert.deepEqual([servables[0]?.rows, servables[0]?.calls], [4, 1]);
    stream.close();
    assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    await registry.stop();
  });

  it('refuses a version that a key has signed which it does not trust', async () => {
    using folder = temporaryFolder();
    const registry = new FakeRegistry();
    registry.add(1, testModel());
    registry.signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    registry.add(2, testModel({ weight: 0.5 }));
    registry.point('production', 1);
    registry.point('shadow', 2);
    const address = await registry.start();
    const service = await PredictionProcess.start({ folder: folder.path, registry: address });
    await service.reaches(1, 'READY');
    await service.reaches(2, 'FAILED');
    assert.match((await service.states())[2] ?? '', /it is by the key [0-9a-f]{64}, and/);
    assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    await registry.stop();
  });

  it('follows moves of aliases, and goes on and restarts while the registry is down', async () => {
    using folder = temporaryFolder();
    const registry = new FakeRegistry();
    registry.add(1, small);
    registry.point('production', 1);
    const address = await registry.start();
    {
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
      });
      await service.reaches(1, 'READY');
      registry.add(2, tfjs);
      registry.point('production', 2);
      await service.reaches(2, 'READY');
      registry.point('previous', 1);
      await service.reaches(1, 'READY');
      await registry.stop();
      assert.equal((await service.states())[2], 'READY');
      assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    }
    // Two artifacts, each with its signature.
    assert.equal(readdirSync(join(folder.path, 'prediction', 'artifacts')).length, 4);
    await using service = await PredictionProcess.start({ folder: folder.path, registry: address });
    for (const version of [1, 2]) await service.reaches(version, 'READY');
    registry.point('previous', 2);
    await registry.start(address);
    await service.reaches(2, 'READY');
    assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    await registry.stop();
  });

  describe('with a model that is far slower than its budget', () => {
    // On a GPU it would not be slow.
    const executionProvider = 'cpu';
    const registry = new FakeRegistry();
    let address = '';

    before(async () => {
      registry.add(1, small);
      registry.add(2, slow);
      registry.point('production', 1);
      registry.point('shadow', 2);
      address = await registry.start();
    });

    after(() => registry.stop());

    it('answers production while a shadow holds its thread', async () => {
      using folder = temporaryFolder();
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
        settings: { executionProvider },
      });
      for (const version of [1, 2]) await service.reaches(version, 'READY');
      const [production, shadow] = [
        new InferStream(service.client),
        new InferStream(service.client),
      ];
      const order: string[] = [];
      const long = shadow
        .send([batchOf(2, { rows: 1_024, priority: 'PRIORITY_SHADOW' })])
        .then(() => order.push('shadow'));
      for (let times = 0; times < 10; times += 1) {
        await production.send([batchOf(1)]);
        order.push('production');
      }
      await long;
      assert.equal(order.indexOf('shadow'), 10, 'the shadow is the last to answer');
      assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    });

    it('drops what is late without running it, and leaves with status 0 in the middle of a call', async () => {
      using folder = temporaryFolder();
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
        settings: { executionProvider },
      });
      await service.reaches(2, 'READY');
      const stream = new InferStream(service.client);
      const running = stream.send([batchOf(2, { rows: 1_024 })]);
      const late: Promise<readonly Reply[]>[] = [];
      for (let frame = 0; frame < 14; frame += 1) {
        late.push(stream.send(Array.from({ length: 64 }, () => batchOf(2, { budgetMs: 10 }))));
      }
      const replies = (await Promise.all(late)).flat();
      assert.equal(replies.length, 896);
      // Late in the queue, or not even queued once it is known how long a call takes.
      const reasons = ['DEADLINE_PASSED', 'BUDGET_TOO_SMALL'];
      assert.ok(replies.every((reply) => reasons.includes(reasonOf(reply))));
      assert.equal(outputsOf((await running)[0]).length, 1_024);
      const { servables } = await service.client.modelStatus({ model: 'late' });
      assert.equal(servables[1]?.calls, 1);
      void stream.send([batchOf(2, { rows: 1_024 })]);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
      assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    });

    it('runs nothing for callers that have gone while their rows waited', async () => {
      using folder = temporaryFolder();
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
        settings: { executionProvider },
      });
      await service.reaches(2, 'READY');
      const stream = new InferStream(service.client);
      // Each fills a call; once the first is back, the others are known to be there.
      const long = { rows: 1_024, budgetMs: 60_000 };
      const [first, ...others] = [0, 1, 2, 3].map(() => stream.send([batchOf(2, long)]));
      await first;
      const leaving = new AbortController();
      const gone = new InferStream(service.client, leaving.signal);
      void gone.send([0, 1, 2, 3].map(() => batchOf(2, { rows: 5, budgetMs: 60_000 })));
      await delay(50);
      leaving.abort();
      for (const [reply] of await Promise.all(others)) {
        assert.equal(outputsOf(reply).length, 1_024);
      }
      await eventually('what the callers left is dropped', async () => {
        const { servables } = await service.client.modelStatus({ model: 'late' });
        return servables[1]?.cancelledRows === 20 && servables[1].calls === 4;
      });
    });

    it('ends itself when production is stuck, and says so', async () => {
      using folder = temporaryFolder();
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
        settings: { executionProvider, stuckMsMax: 100 },
      });
      registry.add(3, slowest);
      registry.point('canary', 3);
      await service.reaches(3, 'READY');
      const stream = new InferStream(service.client);
      await stream.send([batchOf(1)]);
      void stream.send([batchOf(3, { rows: 1_024 })]);
      assert.deepEqual(await service.end(), { status: null, signal: 'SIGKILL' });
      assert.match(service.log, /process-stuck/);
    });
  });
});
