import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor } from '../../compute/tensor/tensor.ts';
import type { LoadedModel, ModelSpec } from './model-spec.ts';
import { warmUp } from './warm-up.ts';

const spec: ModelSpec = {
  name: 'late/1',
  digest: 'a'.repeat(64),
  format: 'onnx',
  inputs: [{ name: 'features', dataType: 'FP32', shape: [-1, 4] }],
  outputs: [{ name: 'probability', dataType: 'FP32', shape: [-1, 1] }],
  isBatched: true,
  isFiniteOnly: true,
};

/** Gives a model that notes what it is run on, and refuses it where that is asked. */
function modelOf(error?: Error) {
  const runs: (readonly Tensor[])[] = [];
  const model: LoadedModel = {
    backend: 'test',
    async run(inputs) {
      runs.push(inputs);
      await Promise.resolve();
      if (error !== undefined) throw error;
      return [];
    },
    release: () => Promise.resolve(),
  };
  return { model, runs };
}

describe('warmUp', () => {
  it('runs a row and a batch of zeros', async () => {
    const { model, runs } = modelOf();
    await warmUp(model, spec);
    assert.deepEqual(
      runs.map(([tensor]) => tensor?.shape),
      [
        [1, 4],
        [1, 4],
        [32, 4],
      ],
    );
    assert.ok(runs.every(([tensor]) => tensor?.bytes.every((byte) => byte === 0)));
  });
  it('fails for rows of a feature set that the model refuses: callers would meet the same', async () => {
    await assert.rejects(warmUp(modelOf(new Error('broken')).model, spec), /broken/);
  });
  it('lets a model stay cold that has not learnt the empty text, or takes no dimension of 1', async () => {
    const texts = {
      ...spec,
      isFiniteOnly: false,
      inputs: [{ name: 'carrier', dataType: 'BYTES', shape: [-1, 1] }],
    } as const;
    const sound = {
      ...spec,
      isBatched: false,
      inputs: [{ name: 'sound', dataType: 'FP32', shape: [1, -1] }],
    } as const;
    for (const open of [texts, sound]) {
      const { model, runs } = modelOf(new Error('unknown category'));
      await warmUp(model, open);
      assert.ok(runs.length > 0);
    }
  });
});
