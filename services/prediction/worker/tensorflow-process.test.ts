import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { assertBranches, graphBytes, graphSpec } from '../../../test/support/graph-model.ts';
import { testModel } from '../../../test/support/test-model.ts';
import { encodeFolder } from '../../shared/compute/folder-artifact.ts';
import {
  decodeBytesElements,
  encodeBytesElements,
} from '../../shared/compute/tensor/bytes-elements.ts';
import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type ModelSpec, matrixModel } from '../../shared/platform/inference/model-spec.ts';
import { findTensorFlowLibrary } from '../../shared/platform/inference/tensorflow-library.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { InferencePool } from '../../shared/platform/worker/inference-pool.ts';

/** Made by test/support/saved-model.py: scores = values x (0.5, -1, 2) x factor, and a text of each. */
const savedModel = packed('test/support/scaled-saved-model');
const spec: ModelSpec = {
  name: 'scaled/1',
  digest: createHash('sha256').update(savedModel).digest('hex'),
  format: 'saved-model',
  inputs: [
    { name: 'values', dataType: 'FP32', shape: [-1, 3] },
    { name: 'factor', dataType: 'INT32', shape: [] },
  ],
  outputs: [
    { name: 'texts', dataType: 'BYTES', shape: [-1, 1] },
    { name: 'scores', dataType: 'FP32', shape: [-1, 1] },
  ],
  isBatched: false,
  isFiniteOnly: false,
};
/** Made by the same: whole numbers of 8, 32 and 64 bits, and flags. */
const wholeModel = packed('test/support/whole-saved-model');
const wholeSpec: Partial<ModelSpec> = {
  name: 'whole/1',
  digest: createHash('sha256').update(wholeModel).digest('hex'),
  inputs: [
    { name: 'ids', dataType: 'INT64', shape: [-1, 2] },
    { name: 'pixels', dataType: 'UINT8', shape: [-1, 2] },
    { name: 'flags', dataType: 'BOOL', shape: [-1] },
  ],
  outputs: [
    { name: 'sums', dataType: 'INT64', shape: [-1, 1] },
    { name: 'brightest', dataType: 'INT32', shape: [-1, 1] },
    { name: 'others', dataType: 'BOOL', shape: [-1] },
  ],
};
const pools: InferencePool[] = [];

function packed(folder: string): Uint8Array {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return encodeFolder(files.map((path) => ({ path, bytes: readFileSync(join(folder, path)) })));
}

function poolOf(
  change: Partial<ModelSpec> = {},
  bytes = savedModel,
  onStuck: (error: MeshError) => void = () => undefined,
): InferencePool {
  const pool = new InferencePool({
    spec: { ...spec, ...change },
    artifact: { kind: 'bytes', bytes },
    isolation: 'process',
    file: new URL('./infer-child.js', import.meta.url),
    threads: 1,
    stuckMsMax: 10_000,
    clock: systemClock,
    onStuck,
  });
  pools.push(pool);
  return pool;
}

function inputs(rows: readonly (readonly number[])[], factor: number): readonly Tensor[] {
  return [
    floatMatrix(Float32Array.from(rows.flat()), rows.length),
    { dataType: 'INT32', shape: [], bytes: new Uint8Array(Int32Array.of(factor).buffer) },
  ];
}

const skip =
  findTensorFlowLibrary() === undefined &&
  'the library of @tensorflow/tfjs-node-gpu is not there: npm run setup:gpu -- --tensorflow-cpu installs it';

describe('the native TensorFlow', { skip, concurrency: false }, () => {
  after(async () => {
    for (const pool of pools) await pool.stop(5_000);
  });

  it('serves a SavedModel that Python wrote: several inputs and outputs, numbers and texts', async () => {
    const pool = poolOf();
    assert.match(await pool.open(), /^tensorflow-(cpu|gpu)$/);
    await pool.warm();
    const { outputs } = await pool.infer(
      inputs(
        [
          [1, 2, 3],
          [4, 0, -1],
        ],
        2,
      ),
      1,
    );
    const [texts, scores] = outputs;
    assert(texts !== undefined && scores !== undefined);
    assert.deepEqual(
      [scores.shape, [...floatsOf(scores)]],
      [
        [2, 1],
        [9, 0],
      ],
    );
    const decoded = decodeBytesElements('texts', texts.bytes).map(String);
    assert.deepEqual(
      decodeBytesElements('texts', texts.bytes).map((each) => Buffer.from(each).toString()),
      ['9.00', '0.00'],
      decoded.join(),
    );
  });

  it('serves a tfjs model, with what the plain definition gives', async () => {
    const model = testModel({ format: 'tfjs' });
    const pool = poolOf(matrixModel({ name: 'test/1', ...model }), model.bytes);
    assert.match(await pool.open(), /^tensorflow-/);
    const rows = Float32Array.of(1, 2, 3, 4, -1, 0, 0.5, 7);
    const { outputs } = await pool.infer([floatMatrix(rows.slice(), 2)], 2);
    const oracle = model.expected(rows);
    const given = outputs[0] === undefined ? [] : [...floatsOf(outputs[0])];
    // 1e-5: float32 sums of a dozen terms against float64.
    for (const [row, value] of given.entries()) {
      assert.ok(Math.abs(value - (oracle[row] ?? 0)) < 1e-5, `row ${row}`);
    }
    assert.equal(given.length, 2);
  });

  it('serves a tfjs graph model with control flow', async () => {
    const pool = poolOf(graphSpec, graphBytes);
    assert.match(await pool.open(), /^tensorflow-/);
    await assertBranches(pool);
  });

  it('holds several models at the same time, each in a process of its own', async () => {
    const [first, second] = [poolOf(), poolOf({ name: 'scaled/2' })];
    await Promise.all([first.open(), second.open()]);
    const calls = await Promise.all([
      first.infer(inputs([[1, 0, 0]], 2), 1),
      second.infer(inputs([[1, 0, 0]], 4), 1),
    ]);
    const scores = calls.map(({ outputs }) => outputs[1] && [...floatsOf(outputs[1])]);
    assert.deepEqual(scores, [[1], [2]]);
  });

  it('carries whole numbers as what they are, and refuses those that it would cut off', async () => {
    const pool = poolOf(wholeSpec, wholeModel);
    await pool.open();
    const wholeInputs = (...ids: readonly bigint[]): readonly Tensor[] => [
      { dataType: 'INT64', shape: [2, 2], bytes: new Uint8Array(BigInt64Array.from(ids).buffer) },
      { dataType: 'UINT8', shape: [2, 2], bytes: Uint8Array.of(1, 255, 0, 7) },
      { dataType: 'BOOL', shape: [2], bytes: Uint8Array.of(1, 0) },
    ];
    const { outputs } = await pool.infer(wholeInputs(3n, 2_294_967_295n, 2_000_000n, 1n), 1);
    const sums = new BigInt64Array(Uint8Array.from(outputs[0]?.bytes ?? []).buffer);
    // Their sum is multiplied by 1e9, so that 32 bits can't hold it.
    assert.deepEqual([...sums], [2_294_967_298_000_000_000n, 2_000_001_000_000_000n]);
    assert.deepEqual(
      outputs.slice(1).map(({ bytes }) => [...bytes]),
      [
        [255, 0, 0, 0, 7, 0, 0, 0],
        [0, 1],
      ],
    );
    for (const id of [-1n, 2n ** 32n]) {
      await assert.rejects(pool.infer(wholeInputs(1n, 2n, 3n, id), 1), {
        code: 'INVALID_ARGUMENT',
        reason: 'TENSOR_TYPE',
        message: new RegExp(`from 0 to 2\\^32 - 1 for ids, got ${id}:`),
      });
    }
  });

  it('refuses a folder that is no SavedModel, and a signature that names other tensors', async () => {
    const empty = encodeFolder([{ path: 'saved_model.pb', bytes: Buffer.from('nothing') }]);
    const digest = createHash('sha256').update(empty).digest('hex');
    await assert.rejects(poolOf({ digest }, empty).open(), { reason: 'ARTIFACT_CORRUPT' });
    const renamed = poolOf({ inputs: [{ name: 'x', dataType: 'FP32', shape: [-1, 3] }] });
    await assert.rejects(renamed.open(), { code: 'FAILED_PRECONDITION', reason: 'TENSOR_SHAPE' });
  });

  it('gives what fails for one request to that request alone', async () => {
    const pool = poolOf();
    await pool.open();
    const wide = { dataType: 'FP32', shape: [1, 4], bytes: new Uint8Array(16) } as const;
    const [, factor] = inputs([[0, 0, 0]], 1);
    assert(factor !== undefined);
    await assert.rejects(pool.infer([wide, factor], 1), { reason: 'INFERENCE_FAILED' });
    const texts: Tensor = {
      dataType: 'BYTES',
      shape: [1],
      bytes: encodeBytesElements([Buffer.from('x')]),
    };
    await assert.rejects(pool.infer([texts, inputs([[0, 0, 0]], 1)[1] ?? texts], 1), {
      reason: 'INFERENCE_FAILED',
    });
    const { outputs } = await pool.infer(inputs([[2, 0, 0]], 1), 1);
    assert.deepEqual(outputs[1] && [...floatsOf(outputs[1])], [1]);
  });
});
