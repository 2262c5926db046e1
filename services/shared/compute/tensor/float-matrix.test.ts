import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floatMatrix, floatsOf } from './float-matrix.ts';

describe('floatsOf', () => {
  it('gives what floatMatrix took, on the same memory', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const floats = floatsOf(floatMatrix(values, 2));
    assert.deepEqual(floats, values);
    assert.equal(floats.buffer, values.buffer);
  });

  it('copies what is not aligned, the Buffer of a message among it', () => {
    const bytes = Buffer.concat([Buffer.of(0), Buffer.from(Float32Array.of(1, 2).buffer)]);
    const tensor = { dataType: 'FP32', shape: [2], bytes: bytes.subarray(1) } as const;
    assert.deepEqual(floatsOf(tensor), Float32Array.of(1, 2));
  });
});
