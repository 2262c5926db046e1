import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { assertBranches, graphBytes, graphSpec } from '../../../test/support/graph-model.ts';
import { slowWidths, type TestModel, testModel } from '../../../test/support/test-model.ts';
import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  type MatrixModel,
  type ModelSpec,
  matrixModel,
} from '../../shared/platform/inference/model-spec.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { InferencePool } from '../../shared/platform/worker/inference-pool.ts';

const pools: InferencePool[] = [];

interface PoolChange extends Partial<MatrixModel> {
  readonly threads?: number;
  readonly stuckMsMax?: number;
  readonly onStuck?: (error: MeshError) => void;
}

function poolOf(model: TestModel, change: PoolChange = {}): InferencePool {
  const { threads = 1, stuckMsMax = 10_000, onStuck = () => undefined, ...spec } = change;
  const { bytes, digest, format, inputName, columns, outputName, outputs } = model;
  const pool = new InferencePool({
    spec: matrixModel({
      name: 'test/1',
      digest,
      format,
      inputName,
      columns,
      outputName,
      outputs,
      ...spec,
    }),
    artifact: { kind: 'bytes', bytes },
    file: new URL('./infer.js', import.meta.url),
    threads,
    stuckMsMax,
    clock: systemClock,
    onStuck,
  });
  pools.push(pool);
  return pool;
}

const rows = Float32Array.of(1, 2, 3, 4, -1, 0, 0.5, 7, 0, 0, 0, 0);

function threeRows(): readonly Tensor[] {
  return [floatMatrix(rows.slice(), 3)];
}

describe('inference worker', () => {
  after(async () => {
    for (const pool of pools) await pool.stop(5_000);
  });

  for (const format of ['onnx', 'tfjs'] as const) {
    it(`gives with ${format} what the plain definition gives`, async () => {
      const model = testModel({ format });
      const pool = poolOf(model);
      assert.equal(await pool.open(), format === 'onnx' ? 'onnxruntime-cpu' : 'tfjs-wasm');
      await pool.warm();
      const { outputs: tensors, badInputRows, badOutputRows } = await pool.infer(threeRows(), 3);
      const outputs = tensors[0] === undefined ? [] : [...floatsOf(tensors[0])];
      const oracle = model.expected(rows);
      assert.equal(outputs.length, 3);
      for (const [row, output] of outputs.entries()) {
        // 1e-5: float32 sums of a dozen terms against float64.
        assert.ok(Math.abs(output - (oracle[row] ?? 0)) < 1e-5, `row ${row}`);
      }
      assert.deepEqual([badInputRows, badOutputRows], [[], []]);
    });

    it(`refuses bytes that ${format} cannot read`, async () => {
      const bytes = Buffer.from('this is no model');
      const digest = createHash('sha256').update(bytes).digest('hex');
      const model: TestModel = { ...testModel({ format }), bytes, digest };
      const error = { code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT' };
      await assert.rejects(poolOf(model).open(), error);
    });

    it(`refuses a signature with another number of columns than ${format} has`, async () => {
      const pool = poolOf(testModel({ format }), { columns: 5 });
      const error = { code: 'FAILED_PRECONDITION', reason: 'TENSOR_SHAPE' };
      await assert.rejects(pool.open(), error);
    });

    it(`refuses a signature with another number of outputs than ${format} gives`, async () => {
      const pool = poolOf(testModel({ format }), { outputs: 2 });
      const error = { code: 'FAILED_PRECONDITION', reason: 'TENSOR_SHAPE' };
      await assert.rejects(pool.open(), error);
    });

    it(`names the rows that are not finite with ${format}`, async () => {
      const pool = poolOf(testModel({ format }));
      await pool.open();
      const input = Float32Array.from(rows);
      input[5] = Number.NaN;
      const call = await pool.infer([floatMatrix(input, 3)], 3);
      assert.deepEqual(call.badInputRows, [1]);
      assert.deepEqual(call.badOutputRows, []);
    });

    it(`names the rows for which a model of ${format} gives NaN`, async () => {
      const pool = poolOf(testModel({ format, weight: Number.NaN }));
      await pool.open();
      assert.deepEqual((await pool.infer(threeRows(), 3)).badOutputRows, [0, 1, 2]);
    });
  }

  it('runs a tfjs graph model with control flow, and refuses a signature that names other tensors', async () => {
    const graphPool = (change: Partial<ModelSpec>) => {
      const pool = new InferencePool({
        spec: { ...graphSpec, ...change },
        artifact: { kind: 'bytes', bytes: graphBytes },
        file: new URL('./infer.js', import.meta.url),
        threads: 1,
        stuckMsMax: 10_000,
        clock: systemClock,
        onStuck: () => undefined,
      });
      pools.push(pool);
      return pool;
    };
    const pool = graphPool({});
    assert.equal(await pool.open(), 'tfjs-wasm');
    await pool.warm();
    await assertBranches(pool);
    const inputs = graphSpec.inputs.slice(1);
    const error = { code: 'FAILED_PRECONDITION', reason: 'TENSOR_SHAPE' };
    await assert.rejects(graphPool({ inputs }).open(), error);
    const outputs = [{ name: 'if', dataType: 'FP32', shape: [-1, 2] } as const];
    await assert.rejects(graphPool({ outputs }).open(), error);
  });

  it('refuses bytes of another digest', async () => {
    const pool = poolOf(testModel(), { digest: '0'.repeat(64) });
    await assert.rejects(pool.open(), { code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT' });
  });

  it('refuses a format that it does not know', async () => {
    const pool = poolOf(testModel(), { format: 'pickle' });
    const error = { code: 'FAILED_PRECONDITION', reason: 'ARTIFACT_UNSUPPORTED' };
    await assert.rejects(pool.open(), error);
  });

  it('refuses a signature that names another tensor', async () => {
    const error = { code: 'FAILED_PRECONDITION', reason: 'TENSOR_SHAPE' };
    await assert.rejects(poolOf(testModel(), { inputName: 'x' }).open(), error);
    await assert.rejects(poolOf(testModel(), { outputName: 'y' }).open(), error);
  });

  it('opens the model on each of its threads', async () => {
    const pool = poolOf(testModel(), { threads: 2 });
    await pool.open();
    const calls = await Promise.all([pool.infer(threeRows(), 3), pool.infer(threeRows(), 3)]);
    assert.notEqual(calls[0].threadId, calls[1].threadId);
  });

  it('reads the clock that the main thread reads', async () => {
    const pool = poolOf(testModel());
    await pool.open();
    const before = performance.now();
    const { startedAt, endedAt } = await pool.infer(threeRows(), 3);
    assert.ok(before <= startedAt && startedAt <= endedAt && endedAt <= performance.now());
  });

  it('finishes a call that runs before it stops, and takes nothing new', async () => {
    const pool = poolOf(testModel({ widths: slowWidths }));
    await pool.open();
    const running = pool.infer([floatMatrix(new Float32Array(1_024 * 4), 1_024)], 1_024);
    const stopping = pool.stop(30_000);
    await assert.rejects(pool.infer(threeRows(), 3), { reason: 'DRAINING' });
    assert.deepEqual((await running).outputs[0]?.shape, [1_024, 1]);
    await stopping;
  });

  it('says that it is stuck when a call does not come back, and does not touch its thread', async () => {
    const errors: MeshError[] = [];
    const pool = poolOf(testModel({ widths: slowWidths }), {
      stuckMsMax: 20,
      onStuck: (error) => errors.push(error),
    });
    await pool.open();
    const stuck = { code: 'UNAVAILABLE', reason: 'WORKER_STUCK' };
    await assert.rejects(
      pool.infer([floatMatrix(new Float32Array(1_024 * 4), 1_024)], 1_024),
      stuck,
    );
    assert.deepEqual(
      errors.map(({ reason }) => reason),
      ['WORKER_STUCK'],
    );
    await assert.rejects(pool.infer(threeRows(), 3), stuck);
    await assert.rejects(pool.stop(10_000), stuck);
    const isStopped = () =>
      pool.stop(0).then(
        () => true,
        () => false,
      );
    await eventually('the thread is idle and gone', isStopped, 30_000);
  });
});
