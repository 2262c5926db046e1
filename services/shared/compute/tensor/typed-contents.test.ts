import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DataType, dataTypes } from './data-type.ts';
import {
  decodeContents,
  encodeContents,
  hasTypedField,
  isEmptyContents,
  type TypedContents,
} from './typed-contents.ts';

const none: TypedContents = {
  boolContents: [],
  intContents: [],
  int64Contents: [],
  uintContents: [],
  uint64Contents: [],
  fp32Contents: [],
  fp64Contents: [],
  bytesContents: [],
};

type Typed = Exclude<DataType, 'FP16' | 'BF16'>;

/** For each datatype: what a client may send, and how one element is written by Node's own Buffer. */
const oracles: {
  readonly [T in Typed]: {
    readonly contents: fc.Arbitrary<Partial<TypedContents>>;
    readonly write: (contents: TypedContents) => readonly Buffer[];
  };
} = {
  BOOL: {
    contents: fc.array(fc.boolean()).map((boolContents) => ({ boolContents })),
    write: ({ boolContents }) => boolContents.map((value) => Buffer.from([value ? 1 : 0])),
  },
  UINT8: unsigned(255, 1, (buffer, value) => buffer.writeUInt8(value)),
  UINT16: unsigned(65_535, 2, (buffer, value) => buffer.writeUInt16LE(value)),
  UINT32: unsigned(4_294_967_295, 4, (buffer, value) => buffer.writeUInt32LE(value)),
  UINT64: {
    contents: fc
      .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
      .map((values) => ({ uint64Contents: values.map(String) })),
    write: ({ uint64Contents }) =>
      uint64Contents.map((value) => written(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)))),
  },
  INT8: signed(2 ** 7, 1, (buffer, value) => buffer.writeInt8(value)),
  INT16: signed(2 ** 15, 2, (buffer, value) => buffer.writeInt16LE(value)),
  INT32: signed(2 ** 31, 4, (buffer, value) => buffer.writeInt32LE(value)),
  INT64: {
    contents: fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      .map((values) => ({ int64Contents: values.map(String) })),
    write: ({ int64Contents }) =>
      int64Contents.map((value) => written(8, (buffer) => buffer.writeBigInt64LE(BigInt(value)))),
  },
  FP32: {
    contents: fc.array(fc.float({ noNaN: true })).map((fp32Contents) => ({ fp32Contents })),
    write: ({ fp32Contents }) =>
      fp32Contents.map((value) => written(4, (buffer) => buffer.writeFloatLE(value))),
  },
  FP64: {
    contents: fc.array(fc.double({ noNaN: true })).map((fp64Contents) => ({ fp64Contents })),
    write: ({ fp64Contents }) =>
      fp64Contents.map((value) => written(8, (buffer) => buffer.writeDoubleLE(value))),
  },
  BYTES: {
    contents: fc.array(fc.uint8Array()).map((bytesContents) => ({ bytesContents })),
    write: ({ bytesContents }) =>
      bytesContents.flatMap((value) => [
        written(4, (buffer) => buffer.writeUInt32LE(value.length)),
        Buffer.from(value),
      ]),
  },
};

/** Bytes as arrays: a view of a Buffer is one, whatever it was made of. */
function plain({ bytesContents, ...others }: TypedContents): object {
  return { ...others, bytesContents: bytesContents.map((bytes) => [...bytes]) };
}

function written(bytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
}

function unsigned(max: number, bytes: number, write: (buffer: Buffer, value: number) => void) {
  return {
    contents: fc.array(fc.integer({ min: 0, max })).map((uintContents) => ({ uintContents })),
    write: ({ uintContents }: TypedContents) =>
      uintContents.map((value) => written(bytes, (buffer) => write(buffer, value))),
  };
}

function signed(limit: number, bytes: number, write: (buffer: Buffer, value: number) => void) {
  return {
    contents: fc
      .array(fc.integer({ min: -limit, max: limit - 1 }))
      .map((intContents) => ({ intContents })),
    write: ({ intContents }: TypedContents) =>
      intContents.map((value) => written(bytes, (buffer) => write(buffer, value))),
  };
}

function refuses(
  dataType: DataType,
  contents: Partial<TypedContents>,
  reason: string,
  message: RegExp,
): void {
  const elements = 1;
  assert.throws(() => encodeContents('x', { dataType, elements }, { ...none, ...contents }), {
    code: 'INVALID_ARGUMENT',
    reason,
    message,
  });
}

describe('typed contents', () => {
  for (const dataType of dataTypes.filter((type): type is Typed => hasTypedField(type))) {
    it(`of ${dataType} become the bytes that Node itself writes, and come back`, () => {
      const { contents, write } = oracles[dataType];
      fc.assert(
        fc.property(contents, (sent) => {
          const filled = { ...none, ...sent };
          const elements = Object.values(filled).reduce((sum, { length }) => sum + length, 0);
          const bytes = encodeContents('x', { dataType, elements }, filled);
          assert.deepEqual(Buffer.from(bytes), Buffer.concat([...write(filled)]));
          // Unaligned, as the bytes of a message are.
          const moved = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
          const back = decodeContents('x', { dataType, shape: [elements], bytes: moved });
          assert.deepEqual(plain({ ...none, ...back }), plain(filled));
        }),
      );
    });
  }

  it('of FP16 and BF16 do not exist', () => {
    for (const dataType of ['FP16', 'BF16'] as const) {
      refuses(dataType, { fp32Contents: [1] }, 'TENSOR_TYPE', /raw_input_contents for x/);
    }
  });

  it('in the field of another datatype are refused', () => {
    refuses('FP32', { fp64Contents: [1] }, 'TENSOR_TYPE', /in fp32_contents, got some in fp64/);
    refuses(
      'INT32',
      { intContents: [1], uintContents: [1] },
      'TENSOR_TYPE',
      /in int_contents, got some in uint_contents/,
    );
  });

  it('outside of the range of the datatype are refused', () => {
    for (const value of [300, 128, -129]) {
      refuses('INT8', { intContents: [value] }, 'TENSOR_TYPE', /INT8 \(-128 to 127\) for x/);
    }
    refuses('UINT8', { uintContents: [256] }, 'TENSOR_TYPE', /element 0 is outside/);
    refuses('INT16', { intContents: [32_768] }, 'TENSOR_TYPE', /INT16/);
    refuses('UINT16', { uintContents: [65_536] }, 'TENSOR_TYPE', /UINT16/);
  });

  it('of another number than the shape says are refused', () => {
    refuses('FP32', { fp32Contents: [] }, 'TENSOR_SIZE', /1 elements of x in fp32_contents, got 0/);
    refuses('BOOL', { boolContents: [true, true] }, 'TENSOR_SIZE', /got 2/);
  });

  it('know when they hold nothing', () => {
    assert.equal(isEmptyContents(none), true);
    assert.equal(isEmptyContents({ ...none, boolContents: [false] }), false);
  });
});
