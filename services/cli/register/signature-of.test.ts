import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../exit-code.ts';
import { parseShape, withShapes } from './signature-of.ts';

const signature = {
  inputs: [{ name: 'x', dataType: 'FP32', shape: [1, 3] }],
  outputs: [{ name: 'label', dataType: 'INT64', shape: [] }],
} as const;

describe('withShapes', () => {
  it('puts a shape in place of that of the file', () => {
    const { inputs, outputs } = withShapes(signature, ['x=-1,3', 'label=-1'].map(parseShape));
    assert.deepEqual(inputs[0]?.shape, [-1, 3]);
    assert.deepEqual(outputs[0]?.shape, [-1]);
  });

  it('refuses another number of dimensions than the file tells, and a tensor that it does not have', () => {
    for (const text of ['x=3', 'x=', 'x=1,3,1']) {
      assert.throws(
        () => withShapes(signature, [parseShape(text)]),
        (error) =>
          error instanceof UsageError &&
          /^--shape: wanted 2 dimensions for x, which is \[1, 3\] in the file/.test(error.message),
      );
    }
    assert.throws(
      () => withShapes(signature, [parseShape('y=1')]),
      /--shape: wanted one of x, label/,
    );
  });
});
