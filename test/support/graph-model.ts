import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { floatMatrix, floatsOf } from '../../services/shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../services/shared/compute/tensor/tensor.ts';
import {
  encodeTfjsArtifact,
  type TfjsArtifact,
} from '../../services/shared/compute/tfjs-artifact.ts';
import type { ModelSpec } from '../../services/shared/platform/inference/model-spec.ts';
import type { InferencePool } from '../../services/shared/platform/worker/inference-pool.ts';

const float = { type: 'DT_FLOAT' };
const rows = { dim: [{ size: '-1' }, { size: '2' }] };

/** A function of a graph: an operation on its one argument and a constant. */
const branch = (name: string, op: string) => ({
  signature: {
    name,
    inputArg: [{ name: 'x', type: 'DT_FLOAT' }],
    outputArg: [{ name: 'y', type: 'DT_FLOAT' }],
  },
  nodeDef: [{ name: 'result', op, input: ['x'], attr: { T: float } }],
  ret: { y: 'result:y:0' },
});

/**
 * A graph model with control flow: y is the squares of x where `isSquared` is set and -x elsewhere, where is the places of what is more than the
 * weight `limit`, and limit is that weight itself.
 */
export const graphArtifact: TfjsArtifact = {
  name: 'branches',
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: { shape: rows } } },
      {
        name: 'flag',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_BOOL' }, shape: { shape: {} } },
      },
      {
        name: 'limit',
        op: 'Const',
        attr: { dtype: float, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } },
      },
      {
        name: 'if',
        op: 'StatelessIf',
        input: ['flag', 'x'],
        attr: {
          Tcond: { type: 'DT_BOOL' },
          Tin: { list: { type: ['DT_FLOAT'] } },
          Tout: { list: { type: ['DT_FLOAT'] } },
          then_branch: { func: { name: 'square' } },
          else_branch: { func: { name: 'negate' } },
        },
      },
      { name: 'more', op: 'Greater', input: ['x', 'limit'], attr: { T: float } },
      { name: 'places', op: 'Where', input: ['more'], attr: { T: { type: 'DT_BOOL' } } },
    ],
    library: { function: [branch('square', 'Square'), branch('negate', 'Neg')] },
    versions: { producer: 1994 },
  },
  graph: {
    signature: {
      inputs: {
        values: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: rows },
        isSquared: { name: 'flag:0', dtype: 'DT_BOOL', tensorShape: {} },
      },
      outputs: {
        y: { name: 'if:0', dtype: 'DT_FLOAT', tensorShape: rows },
        where: {
          name: 'places:0',
          dtype: 'DT_INT64',
          tensorShape: { dim: [{ size: '-1' }, { size: '2' }] },
        },
        limit: { name: 'limit:0', dtype: 'DT_FLOAT', tensorShape: {} },
      },
    },
  },
  weightSpecs: [{ name: 'limit', shape: [], dtype: 'float32' }],
  weights: new Uint8Array(Float32Array.of(1.5).buffer),
};

/** Bytes of {@link graphArtifact}. */
export const graphBytes = encodeTfjsArtifact(graphArtifact);

/** What a worker must know of {@link graphArtifact}. */
export const graphSpec: ModelSpec = {
  name: 'branches/1',
  digest: createHash('sha256').update(graphBytes).digest('hex'),
  format: 'tfjs',
  inputs: [
    { name: 'values', dataType: 'FP32', shape: [-1, 2] },
    { name: 'isSquared', dataType: 'BOOL', shape: [] },
  ],
  outputs: [
    { name: 'y', dataType: 'FP32', shape: [-1, 2] },
    { name: 'where', dataType: 'INT32', shape: [-1, 2] },
    { name: 'limit', dataType: 'FP32', shape: [] },
  ],
  isBatched: false,
  isFiniteOnly: false,
};

/** Runs the model of {@link graphSpec} in every way, more than once, and checks what comes. */
export async function assertBranches(pool: Pick<InferencePool, 'infer'>): Promise<void> {
  const values = floatMatrix(Float32Array.of(1, -2, 3, 0.5), 2);
  // Twice each: a weight that is an output has to stay.
  for (const isSquared of [1, 0, 1, 0]) {
    const flag: Tensor = { dataType: 'BOOL', shape: [], bytes: Uint8Array.of(isSquared) };
    const inputs = [{ ...values, bytes: values.bytes.slice() }, flag];
    const [y, where, limit] = (await pool.infer(inputs, 1)).outputs;
    assert(y !== undefined && where !== undefined && limit !== undefined);
    assert.deepEqual([...floatsOf(y)], isSquared ? [1, 4, 9, 0.25] : [-1, 2, -3, -0.5]);
    assert.deepEqual([where.dataType, where.shape], ['INT32', [1, 2]]);
    assert.deepEqual([...new Int32Array(Uint8Array.from(where.bytes).buffer)], [1, 0]);
    assert.deepEqual([limit.shape, [...floatsOf(limit)]], [[], [1.5]]);
  }
}
