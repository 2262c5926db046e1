import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeBytesElements,
  encodeBytesElements,
} from '../../shared/compute/tensor/bytes-elements.ts';
import { floatMatrix, floatsOf } from '../../shared/compute/tensor/float-matrix.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { type BatchPart, haveEqualRows, joinInputs, splitOutputs } from './batch-tensors.ts';

function texts(rows: readonly (readonly string[])[], columns: number): Tensor {
  const bytes = encodeBytesElements(rows.flat().map((text) => Buffer.from(text)));
  return { dataType: 'BYTES', shape: [rows.length, columns], bytes };
}

/** Parts of one matrix and one tensor of texts, each of `columns` columns. */
const partsOf = (columns: number) =>
  fc.array(
    fc.array(
      fc.record({
        floats: fc.array(fc.float({ noNaN: true }), { minLength: columns, maxLength: columns }),
        texts: fc.array(fc.string(), { minLength: columns, maxLength: columns }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    { minLength: 1, maxLength: 5 },
  );

function partOf(
  rows: readonly { readonly floats: number[]; readonly texts: string[] }[],
): BatchPart {
  const floats = Float32Array.from(rows.flatMap((row) => row.floats));
  return {
    rows: rows.length,
    inputs: [
      floatMatrix(floats, rows.length),
      texts(
        rows.map((row) => row.texts),
        rows[0]?.texts.length ?? 0,
      ),
    ],
  };
}

function valuesOf(tensors: readonly Tensor[]): readonly unknown[] {
  return tensors.map((tensor) => [
    tensor.shape,
    tensor.dataType === 'BYTES'
      ? decodeBytesElements('x', tensor.bytes).map((each) => Buffer.from(each).toString())
      : [...floatsOf(tensor)],
  ]);
}

describe('joinInputs and splitOutputs', () => {
  it('give each part what it brought, of numbers and of texts', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 3 }).chain((columns) => partsOf(columns)),
      (rowsOfParts) => {
        const parts = rowsOfParts.map(partOf);
        const counts = parts.map(({ rows }) => rows);
        const rows = counts.reduce((sum, count) => sum + count, 0);
        const joined = joinInputs(parts, rows);
        for (const tensor of joined) {
          assert.equal(tensor.shape[0], rows);
          assert.equal(tensor.bytes.buffer.byteLength, tensor.bytes.byteLength);
        }
        const split = splitOutputs('test/1', joined, counts);
        assert.deepEqual(
          split.map(valuesOf),
          parts.map(({ inputs }) => valuesOf(inputs)),
        );
      },
    );
    fc.assert(property, { numRuns: 200, seed: 5 });
  });

  it('leave the memory of a part alone', () => {
    const part = partOf([{ floats: [1], texts: ['a'] }]);
    const [joined] = joinInputs([part], 1);
    assert.notEqual(joined?.bytes.buffer, part.inputs[0]?.bytes.buffer);
  });
});

describe('splitOutputs', () => {
  it('says of a model that gives another number of rows that it does not batch', () => {
    const output = floatMatrix(new Float32Array(3), 1);
    assert.throws(() => splitOutputs('late/1', [output], [1, 2]), {
      code: 'INTERNAL',
      reason: 'TENSOR_SHAPE',
      message: /late\/1 for 3 rows, got \[1, 3\]/,
    });
  });

  it('gives a lone part all, whatever its first dimension', () => {
    const output = floatMatrix(new Float32Array(6), 2);
    assert.deepEqual(splitOutputs('late/1', [output], [1]), [[output]]);
  });
});

describe('haveEqualRows', () => {
  const part = (shape: readonly number[]): BatchPart => ({
    rows: shape[0] ?? 1,
    inputs: [{ dataType: 'FP32', shape, bytes: new Uint8Array() }],
  });

  it('looks at all dimensions but the first', () => {
    assert.equal(haveEqualRows(part([1, 3]), part([7, 3])), true);
    assert.equal(haveEqualRows(part([1, 3]), part([1, 4])), false);
    assert.equal(haveEqualRows(part([1, 3]), part([1, 3, 1])), false);
  });
});
