import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBytesElements, encodeBytesElements } from './bytes-elements.ts';
import { dataTypes, elementBytes, isDataType } from './data-type.ts';
import { checkTensor, elementCount, type TensorSpec } from './tensor.ts';

const matrix: TensorSpec = { name: 'x', dataType: 'FP32', shape: [-1, 3] };
const texts: TensorSpec = { name: 's', dataType: 'BYTES', shape: [-1] };

function rejects(work: () => void, reason: string, text: RegExp): void {
  assert.throws(work, { code: 'INVALID_ARGUMENT', reason, message: text });
}

describe('checkTensor', () => {
  it('takes what the model takes, of any size of a free dimension', () => {
    for (const rows of [0, 1, 7]) {
      checkTensor(matrix, {
        dataType: 'FP32',
        shape: [rows, 3],
        bytes: new Uint8Array(rows * 12),
      });
    }
  });

  it('takes a scalar', () => {
    const spec: TensorSpec = { name: 'sr', dataType: 'INT64', shape: [] };
    checkTensor(spec, { dataType: 'INT64', shape: [], bytes: new Uint8Array(8) });
  });

  it('refuses another datatype', () => {
    const tensor = { dataType: 'FP64', shape: [1, 3], bytes: new Uint8Array(24) } as const;
    rejects(() => checkTensor(matrix, tensor), 'TENSOR_TYPE', /wanted FP32 for x, got FP64/);
  });

  it('refuses another shape', () => {
    for (const shape of [[3], [1, 4], [1, 3, 1], []]) {
      const tensor = { dataType: 'FP32', shape, bytes: new Uint8Array(12) } as const;
      rejects(() => checkTensor(matrix, tensor), 'TENSOR_SHAPE', /wanted \[-1, 3\] for x/);
    }
  });

  it('refuses bytes that do not multiply out', () => {
    for (const length of [0, 11, 13, 24]) {
      const tensor = { dataType: 'FP32', shape: [1, 3], bytes: new Uint8Array(length) } as const;
      rejects(() => checkTensor(matrix, tensor), 'TENSOR_SIZE', /wanted 12 bytes for x/);
    }
  });

  it('counts the elements of BYTES', () => {
    const bytes = encodeBytesElements([Buffer.from('one'), Buffer.from('')]);
    checkTensor(texts, { dataType: 'BYTES', shape: [2], bytes });
    const tensor = { dataType: 'BYTES', shape: [3], bytes } as const;
    rejects(() => checkTensor(texts, tensor), 'TENSOR_SIZE', /wanted 3 elements/);
  });
});

describe('elementCount', () => {
  it('refuses dimensions that are none, too many of them, and a product beyond all bounds', () => {
    rejects(() => elementCount('x', [-1]), 'TENSOR_SHAPE', /whole dimensions from 0/);
    rejects(() => elementCount('x', [1.5]), 'TENSOR_SHAPE', /whole dimensions from 0/);
    rejects(() => elementCount('x', Array(10_000).fill(1)), 'TENSOR_SHAPE', /at most 64/);
    rejects(() => elementCount('x', [2 ** 40, 2 ** 40]), 'TENSOR_SHAPE', /more than any message/);
  });
});

describe('elements of BYTES', () => {
  it('come back as they went', () => {
    const elements = ['', 'a', 'ünïcode', 'x'.repeat(1_000)].map((text) => Buffer.from(text));
    const decoded = decodeBytesElements('s', encodeBytesElements(elements));
    assert.deepEqual(
      decoded.map((element) => Buffer.from(element).toString()),
      elements.map(String),
    );
  });

  it('refuses a length that goes beyond the end', () => {
    const bytes = encodeBytesElements([Buffer.from('abc')]);
    for (const cut of [1, 3, 4, 6]) {
      rejects(
        () => decodeBytesElements('s', bytes.subarray(0, cut)),
        'TENSOR_SIZE',
        /element 0 of s/,
      );
    }
  });
});

describe('datatypes', () => {
  it('are the fourteen of the protocol, and names alone', () => {
    assert.equal(dataTypes.length, 14);
    assert.ok(dataTypes.every((type) => isDataType(type) && type in elementBytes));
    assert.equal(isDataType('toString'), false);
    assert.equal(isDataType('fp32'), false);
  });
});
