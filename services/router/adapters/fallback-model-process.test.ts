import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { slowWidths, type TestModel, testModel } from '../../../test/support/test-model.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import {
  type FallbackArtifact,
  WorkerFallbackModel,
  type WorkerFallbackModelOptions,
} from './fallback-model.ts';

const models: WorkerFallbackModel[] = [];

function fallback(change: Partial<WorkerFallbackModelOptions> = {}): WorkerFallbackModel {
  const model = new WorkerFallbackModel({ clock: systemClock, ...change });
  models.push(model);
  return model;
}

function artifactOf(model: TestModel, version: number): FallbackArtifact {
  const { bytes, digest, format, inputName, columns, outputName, outputs } = model;
  const spec = { name: `late/${version}`, digest, format, inputName, columns, outputName, outputs };
  return { version, bytes, spec };
}

const small = testModel();
const row = Float32Array.of(1, 2, 3, 4);
const [expected = 0] = small.expected(row);
// 1e-5: float32 sums of a dozen terms against float64.
const isExpected = (outputs: Float32Array) => Math.abs((outputs[0] ?? 0) - expected) < 1e-5;

describe('WorkerFallbackModel', () => {
  after(async () => {
    for (const model of models) await model.stop(5_000);
  });

  it('refuses while nothing is loaded', async () => {
    const model = fallback();
    assert.equal(model.version, 0);
    await assert.rejects(model.infer(row), { code: 'UNAVAILABLE', reason: 'MODEL_NOT_READY' });
  });

  it('knows its version and its latency as soon as it is loaded', async () => {
    const model = fallback();
    const guess = model.p99Ms;
    await model.load(artifactOf(small, 3));
    assert.equal(model.version, 3);
    assert.notEqual(model.p99Ms, guess);
    assert.ok(isExpected(await model.infer(row)));
  });

  it('answers each of many rows with its own outputs', async () => {
    const model = fallback();
    await model.load(artifactOf(small, 1));
    const rows = Array.from({ length: 600 }, (_, index) => Float32Array.of(index / 600, 0, 1, 0));
    const answers = await Promise.all(rows.map((each) => model.infer(each)));
    for (const [index, answer] of answers.entries()) {
      const [wanted = 0] = small.expected(rows[index] ?? row);
      assert.ok(Math.abs((answer[0] ?? 0) - wanted) < 1e-5, `row ${index}`);
    }
  });

  it('refuses what exceeds its queue at once', async () => {
    const model = fallback({ queueRowsMax: 2 });
    await model.load(artifactOf(small, 1));
    const answers = Array.from({ length: 4 }, () => model.infer(row));
    const settled = await Promise.allSettled(answers);
    const reasons = settled.map((each) =>
      each.status === 'rejected' ? (each.reason as MeshError).reason : 'none',
    );
    assert.deepEqual(reasons, ['none', 'none', 'none', 'QUEUE_FULL']);
  });

  it('refuses a row of another width, and one that is not finite', async () => {
    const model = fallback();
    await model.load(artifactOf(small, 1));
    await assert.rejects(model.infer(new Float32Array(3)), { reason: 'TENSOR_SHAPE' });
    const [bad, good] = await Promise.allSettled([
      model.infer(Float32Array.of(Number.NaN, 0, 0, 0)),
      model.infer(row),
    ]);
    assert.equal(bad.status === 'rejected' && bad.reason.reason, 'INVALID_FIELD');
    assert.ok(good.status === 'fulfilled' && isExpected(good.value));
  });

  it('says when the model gives NaN', async () => {
    const model = fallback();
    await model.load(artifactOf(testModel({ weight: Number.NaN }), 1));
    await assert.rejects(model.infer(row), { code: 'INTERNAL', reason: 'TENSOR_NOT_FINITE' });
  });

  it('goes on with the version before when another cannot be loaded', async () => {
    const model = fallback();
    await model.load(artifactOf(small, 1));
    const damaged = { ...artifactOf(small, 2), bytes: Buffer.from('damaged') };
    await assert.rejects(model.load(damaged), { reason: 'ARTIFACT_CORRUPT' });
    const bytes = Buffer.from('no model');
    const digest = createHash('sha256').update(bytes).digest('hex');
    await assert.rejects(model.load(artifactOf({ ...small, bytes, digest }, 2)), {
      reason: 'ARTIFACT_CORRUPT',
    });
    await assert.rejects(model.load(artifactOf(testModel({ format: 'tfjs' }), 2)), {
      reason: 'ARTIFACT_UNSUPPORTED',
    });
    assert.equal(model.version, 1);
    assert.ok(isExpected(await model.infer(row)));
  });

  it('loses no row while another version takes its place', async () => {
    const model = fallback();
    await model.load(artifactOf(small, 1));
    const loading = { isDone: false };
    const done = model.load(artifactOf(small, 2)).then(() => {
      loading.isDone = true;
    });
    while (!loading.isDone) assert.ok(isExpected(await model.infer(row)));
    await done;
    assert.equal(model.version, 2);
    assert.ok(isExpected(await model.infer(row)));
  });

  it('keeps its latency known while nobody asks', async () => {
    const model = fallback({ probeMs: 1 });
    await model.load(artifactOf(small, 1));
    const before = model.p99Ms;
    await model.start();
    // 32 probes make a new quantile.
    for (let tries = 0; tries < 500 && model.p99Ms === before; tries += 1) await delay(10);
    assert.notEqual(model.p99Ms, before);
  });

  it('rejects what waits when its thread is stuck, and answers again with another version', async () => {
    const errors: MeshError[] = [];
    const model = new WorkerFallbackModel({
      clock: systemClock,
      callRowsMax: 1_024,
      stuckMsMax: 150,
      onStuck: (error) => errors.push(error),
    });
    await model.load(artifactOf(small, 1));
    await model.load(
      artifactOf(testModel({ widths: [4, ...slowWidths.slice(1), ...slowWidths.slice(1)] }), 2),
    );
    const rows = Array.from({ length: 1_000 }, () => model.infer(row));
    const settled = await Promise.allSettled(rows);
    assert.ok(settled.some((each) => each.status === 'rejected'));
    assert.equal(errors[0]?.reason, 'WORKER_STUCK');
    await assert.rejects(model.infer(row), { reason: 'WORKER_STUCK' });
    await model.load(artifactOf(small, 3));
    assert.ok(isExpected(await model.infer(row)));
    await model.stop(5_000);
  });
});
