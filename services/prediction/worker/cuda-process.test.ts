import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { FakeRegistry } from '../../../test/support/fake-registry.ts';
import { identityModel } from '../../../test/support/identity-model.ts';
import {
  batchOf,
  InferStream,
  PredictionProcess,
} from '../../../test/support/prediction-process.ts';
import { testModel } from '../../../test/support/test-model.ts';
import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { problemOf } from '../../shared/platform/inference/execution-provider.ts';
import { type ModelSpec, matrixModel } from '../../shared/platform/inference/model-spec.ts';
import { probeCuda } from '../../shared/platform/inference/probe-cuda.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { InferencePool } from '../../shared/platform/worker/inference-pool.ts';

const cuda = await probeCuda();
const skip = cuda.kind === 'ready' ? false : problemOf(cuda);
const pools: InferencePool[] = [];

function poolOf(spec: ModelSpec, bytes: Uint8Array): InferencePool {
  const pool = new InferencePool({
    spec,
    artifact: { kind: 'bytes', bytes },
    provider: 'cuda',
    file: new URL('./infer.js', import.meta.url),
    threads: 1,
    stuckMsMax: 30_000,
    clock: systemClock,
    onStuck: () => undefined,
  });
  pools.push(pool);
  return pool;
}

/** Its outputs for the rows below lie between 0.08 and 0.94. */
const wide = testModel({ widths: [256, 1_024] });
const wideSpec = matrixModel({ ...wide, name: 'wide/1' });

function rowsOf(count: number): Float32Array {
  return Float32Array.from(
    { length: count * 256 },
    (_, at) => ((at * 7_919) % 2_003) / 1_001.5 - 1,
  );
}

describe('inference on CUDA', { skip }, () => {
  after(async () => {
    for (const pool of pools) await pool.stop(5_000);
  });

  it('gives what the plain definition gives, one row or many', async () => {
    const pool = poolOf(wideSpec, wide.bytes);
    assert.equal(await pool.open(), 'onnxruntime-cuda');
    await pool.warm();
    for (const count of [1, 32, 128, 1_024]) {
      const values = rowsOf(count);
      const oracle = wide.expected(values.slice(0, 32 * 256));
      const { outputs } = await pool.infer([floatMatrix(values, count)], count);
      const [probabilities] = outputs;
      assert(probabilities !== undefined);
      assert.deepEqual(probabilities.shape, [count, 1]);
      for (const [row, expected] of oracle.entries()) {
        // 1e-5: float32 sums of a thousand terms against float64. TF32 would be off by 1e-4 and more.
        const found = floatsOf(probabilities)[row] ?? 0;
        assert.ok(Math.abs(found - expected) < 1e-5, `${count} rows, row ${row}: ${found}`);
      }
    }
  });

  it('passes on every datatype, texts on the CPU included', async () => {
    const types = [
      'FP32',
      'FP16',
      'FP64',
      'INT8',
      'INT32',
      'INT64',
      'UINT8',
      'BOOL',
      'BYTES',
    ] as const;
    const { bytes, digest, ...tensors } = identityModel(types, [-1]);
    const spec = { ...tensors, digest, name: 'identity/1', isBatched: true, isFiniteOnly: false };
    const pool = poolOf(spec, bytes);
    await pool.open();
    const sizes = [4, 2, 8, 1, 4, 8, 1, 1];
    const numbers = types.slice(0, -1).map((dataType, index): Tensor => {
      const raw = new Uint8Array(3 * (sizes[index] ?? 0)).fill(1);
      return { dataType, shape: [3], bytes: raw };
    });
    const texts = Uint8Array.of(1, 0, 0, 0, 97, 0, 0, 0, 0, 1, 0, 0, 0, 98);
    const inputs = [...numbers, { dataType: 'BYTES', shape: [3], bytes: texts } as const];
    const wanted = inputs.map(({ bytes: raw }) => Buffer.from(raw).toString('hex'));
    const { outputs } = await pool.infer(inputs, 3);
    assert.deepEqual(
      outputs.map(({ bytes: raw }) => Buffer.from(raw).toString('hex')),
      wanted,
    );
  });

  it('refuses bytes that are no model', async () => {
    const bytes = Buffer.from('this is no model');
    const digest = createHash('sha256').update(bytes).digest('hex');
    const error = { code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT' };
    await assert.rejects(poolOf({ ...wideSpec, digest }, bytes).open(), error);
  });

  it('is what the service takes by itself, says so, and leaves with status 0 in the middle of calls', async () => {
    using folder = temporaryFolder();
    const registry = new FakeRegistry();
    registry.add(1, wide);
    registry.point('production', 1);
    const address = await registry.start();
    await using service = await PredictionProcess.start({ folder: folder.path, registry: address });
    await service.reaches(1, 'READY');
    const stream = new InferStream(service.client);
    const batch = batchOf(1, { rows: 32, columns: 256, value: 0.5 });
    const [reply] = await stream.send([batch]);
    assert.equal(reply?.rows?.backend, 'onnxruntime-cuda');
    const { servables } = await service.client.modelStatus({ model: 'late' });
    assert.equal(servables[0]?.backend, 'onnxruntime-cuda');
    assert.match(service.log, /execution-provider.*cuda.*a model ran on it/);
    for (let calls = 0; calls < 50; calls += 1) void stream.send([batch]);
    assert.deepEqual(await service.terminate(), { status: 0, signal: null });
    await registry.stop();
  });
});
