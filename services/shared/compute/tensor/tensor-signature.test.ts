import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { floatMatrix, floatsOf } from './float-matrix.ts';
import { TensorSignature, type WireInput } from './tensor-signature.ts';
import type { TypedContents } from './typed-contents.ts';

const signature = new TensorSignature({
  inputs: [
    { name: 'x', dataType: 'FP32', shape: [-1, 2] },
    { name: 'n', dataType: 'INT64', shape: [-1] },
  ],
  outputs: [
    { name: 'p', dataType: 'FP32', shape: [-1, 1] },
    { name: 'label', dataType: 'BYTES', shape: [-1] },
  ],
});

const nothing: TypedContents = {
  boolContents: [],
  intContents: [],
  int64Contents: [],
  uintContents: [],
  uint64Contents: [],
  fp32Contents: [],
  fp64Contents: [],
  bytesContents: [],
};

function input(name: string, datatype: string, shape: readonly number[]): WireInput {
  return { name, datatype, shape: shape.map(String), contents: null };
}

function typed(of: WireInput, contents: Partial<TypedContents>): WireInput {
  return { ...of, contents: { ...nothing, ...contents } };
}

const x = input('x', 'FP32', [1, 2]);
const n = input('n', 'INT64', [1]);
const xBytes = Buffer.from(new Float32Array([1, 2]).buffer);
const nBytes = Buffer.from(new BigInt64Array([2n ** 60n]).buffer);

function refuses(work: () => unknown, reason: string, message: RegExp): void {
  assert.throws(work, { code: 'INVALID_ARGUMENT', reason, message });
}

describe('TensorSignature.readInputs', () => {
  it('gives raw inputs in the order of the signature, without a copy', () => {
    const { tensors, isRaw } = signature.readInputs({
      inputs: [n, x],
      rawInputContents: [nBytes, xBytes],
    });
    assert.equal(isRaw, true);
    assert.deepEqual(
      tensors.map(({ dataType, shape }) => [dataType, shape]),
      [
        ['FP32', [1, 2]],
        ['INT64', [1]],
      ],
    );
    assert.equal(tensors[0]?.bytes, xBytes);
    assert.equal(tensors[1]?.bytes, nBytes);
  });

  it('gives typed inputs as bytes, and says that they were typed', () => {
    const { tensors, isRaw } = signature.readInputs({
      inputs: [
        typed(x, { fp32Contents: [1, 2] }),
        typed(n, { int64Contents: [String(2n ** 60n)] }),
      ],
      rawInputContents: [],
    });
    assert.equal(isRaw, false);
    assert.deepEqual(
      tensors.map(({ bytes }) => Buffer.from(bytes)),
      [xBytes, nBytes],
    );
  });

  it('takes inputs without any element for raw', () => {
    const inputs = [input('x', 'FP32', [0, 2]), typed(input('n', 'INT64', [0]), {})];
    const { tensors, isRaw } = signature.readInputs({ inputs, rawInputContents: [] });
    assert.equal(isRaw, true);
    assert.deepEqual(
      tensors.map(({ bytes }) => bytes.length),
      [0, 0],
    );
  });

  it('refuses a mix of raw and typed', () => {
    const inputs = [typed(x, { fp32Contents: [1, 2] }), n];
    refuses(
      () => signature.readInputs({ inputs, rawInputContents: [xBytes, nBytes] }),
      'INVALID_FIELD',
      /either raw_input_contents or typed contents, got both: x/,
    );
  });

  it('refuses another number of raw entries than of inputs', () => {
    for (const rawInputContents of [[xBytes], [xBytes, nBytes, nBytes]]) {
      refuses(
        () => signature.readInputs({ inputs: [x, n], rawInputContents }),
        'TENSOR_SIZE',
        /one entry of raw_input_contents for each of 2 inputs/,
      );
    }
  });

  it('refuses unknown, doubled and missing names, and says what the model takes', () => {
    const takes = /the model takes x \(FP32 \[-1, 2\]\), n \(INT64 \[-1\]\)/;
    const cases: readonly (readonly [readonly WireInput[], RegExp])[] = [
      [[x, input('y', 'FP32', [1])], /'y' is unknown/],
      [[x, x], /'x' is there twice/],
      [[x], /'n' is missing/],
      [[], /'x' is missing/],
      [[x, n, input('__proto__', 'FP32', [1])], /'__proto__' is unknown/],
    ];
    for (const [inputs, what] of cases) {
      const rawInputContents = inputs.map((each) => (each.name === 'n' ? nBytes : xBytes));
      const read = () => signature.readInputs({ inputs, rawInputContents });
      refuses(read, 'TENSOR_UNKNOWN', what);
      refuses(read, 'TENSOR_UNKNOWN', takes);
    }
  });

  it('refuses what is no datatype, another datatype, another shape and other bytes', () => {
    const read = (changed: WireInput, bytes: Buffer = xBytes) =>
      signature.readInputs({ inputs: [changed, n], rawInputContents: [bytes, nBytes] });
    refuses(
      () => read(input('x', 'float', [1, 2])),
      'TENSOR_TYPE',
      /'float', which is no datatype/,
    );
    refuses(() => read(input('x', 'FP64', [1, 2])), 'TENSOR_TYPE', /wanted FP32 for x, got FP64/);
    refuses(() => read(input('x', 'FP32', [2, 1])), 'TENSOR_SHAPE', /wanted \[-1, 2\] for x/);
    refuses(() => read(input('x', 'FP32', [-1, 2])), 'TENSOR_SHAPE', /whole dimensions from 0/);
    refuses(() => read(x, xBytes.subarray(1)), 'TENSOR_SIZE', /wanted 8 bytes for x/);
    const huge = { ...x, shape: ['9223372036854775807', '2'] };
    refuses(() => read(huge), 'TENSOR_SHAPE', /./);
    refuses(
      () => read({ ...x, shape: Array(10_000).fill('1') }),
      'TENSOR_SHAPE',
      /at most 64 dimensions/,
    );
  });

  it('refuses typed contents of another number, and none where some are wanted', () => {
    const read = (contents: WireInput) =>
      signature.readInputs({
        inputs: [contents, typed(n, { int64Contents: ['1'] })],
        rawInputContents: [],
      });
    refuses(() => read(typed(x, { fp32Contents: [1] })), 'TENSOR_SIZE', /2 elements of x/);
    refuses(() => read(x), 'TENSOR_SIZE', /wanted 8 bytes for x/);
    refuses(() => read(typed(x, { fp64Contents: [1, 2] })), 'TENSOR_TYPE', /fp64_contents/);
    refuses(
      () => read(typed(input('x', 'FP64', [1, 2]), { fp64Contents: [1, 2] })),
      'TENSOR_TYPE',
      /wanted FP32 for x, got FP64/,
    );
  });

  it('widens BF16 to the FP32 of the same value', () => {
    const one = new TensorSignature({
      inputs: [{ name: 'x', dataType: 'FP32', shape: [-1] }],
      outputs: [],
    });
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true })), (values) => {
        const { bytes } = floatMatrix(Float32Array.from(values), 1);
        // The upper halves; what remains of the value is what its bits say with the lower half cleared.
        const halves = Buffer.from(bytes.filter((_, at) => at % 4 >= 2));
        const cleared = bytes.map((byte, at) => (at % 4 >= 2 ? byte : 0));
        const { tensors } = one.readInputs({
          inputs: [input('x', 'BF16', [values.length])],
          rawInputContents: [halves],
        });
        const [tensor] = tensors;
        assert.ok(tensor !== undefined);
        assert.equal(tensor.dataType, 'FP32');
        assert.deepEqual(
          floatsOf(tensor),
          floatsOf({ dataType: 'FP32', shape: [], bytes: cleared }),
        );
      }),
    );
    refuses(
      () =>
        one.readInputs({ inputs: [input('x', 'BF16', [2])], rawInputContents: [Buffer.alloc(3)] }),
      'TENSOR_SIZE',
      /wanted 4 bytes for x/,
    );
  });
});

describe('TensorSignature.pickOutputs', () => {
  it('gives all of them where a request names none, else those it names, in its order', () => {
    assert.deepEqual(signature.pickOutputs([]), [0, 1]);
    assert.deepEqual(signature.pickOutputs([{ name: 'label' }, { name: 'p' }]), [1, 0]);
    assert.deepEqual(signature.pickOutputs([{ name: 'label' }]), [1]);
  });

  it('refuses an unknown name and a doubled one', () => {
    const gives = /the model gives p \(FP32 \[-1, 1\]\), label \(BYTES \[-1\]\)/;
    refuses(() => signature.pickOutputs([{ name: 'q' }]), 'TENSOR_UNKNOWN', gives);
    const twice = [{ name: 'p' }, { name: 'p' }];
    refuses(() => signature.pickOutputs(twice), 'TENSOR_UNKNOWN', /'p' is there twice/);
  });
});
