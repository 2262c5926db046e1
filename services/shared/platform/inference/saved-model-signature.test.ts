import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import protobuf from 'protobufjs/minimal.js';
import { MeshError } from '../../kernel/mesh-error.ts';
import { readSavedModelSignature } from './saved-model-signature.ts';

/** Both were written by Python: test/support/saved-model.py. */
const scaled = readFileSync('test/support/scaled-saved-model/saved_model.pb');
const whole = readFileSync('test/support/whole-saved-model/saved_model.pb');

const signatureOf = (bytes: Uint8Array) =>
  readSavedModelSignature([{ path: 'saved_model.pb', bytes }]);

const field = (number: number, value: Uint8Array | string): Uint8Array => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return protobuf.Writer.create()
    .uint32((number << 3) | 2)
    .bytes(bytes)
    .finish();
};
const message = (...fields: readonly Uint8Array[]): Uint8Array => Buffer.concat(fields);

/** A SavedModel with one graph, one signature and one tensor: an input, or an output where `side` is 2. */
function modelOf(
  change: { tags?: string[]; signature?: string; dataType?: number; side?: 1 | 2 } = {},
) {
  const { tags = ['serve'], signature = 'serving_default', dataType = 1, side = 1 } = change;
  const tensor = protobuf.Writer.create()
    .uint32(2 << 3)
    .int32(dataType)
    .finish();
  const tensorOf = message(field(1, 'x'), field(2, tensor));
  const entry = message(field(1, signature), field(2, field(side, tensorOf)));
  const info = message(...tags.map((tag) => field(4, tag)));
  return field(2, message(field(1, info), field(5, entry)));
}

describe('readSavedModelSignature', () => {
  it('reads names, datatypes and shapes, by name, of what Python wrote', () => {
    assert.deepEqual(signatureOf(scaled), {
      inputs: [
        { name: 'factor', dataType: 'INT32', shape: [] },
        { name: 'values', dataType: 'FP32', shape: [-1, 3] },
      ],
      outputs: [
        { name: 'scores', dataType: 'FP32', shape: [-1, 1] },
        { name: 'texts', dataType: 'BYTES', shape: [-1, 1] },
      ],
    });
    assert.deepEqual(signatureOf(whole), {
      inputs: [
        { name: 'flags', dataType: 'BOOL', shape: [-1] },
        { name: 'ids', dataType: 'INT64', shape: [-1, 2] },
        { name: 'pixels', dataType: 'UINT8', shape: [-1, 2] },
      ],
      outputs: [
        { name: 'brightest', dataType: 'INT32', shape: [-1, 1] },
        { name: 'others', dataType: 'BOOL', shape: [-1] },
        { name: 'sums', dataType: 'INT64', shape: [-1, 1] },
      ],
    });
  });

  it('leaves the shape of a tensor empty whose rank the file does not know', () => {
    assert.deepEqual(signatureOf(modelOf()), {
      inputs: [{ name: 'x', dataType: 'FP32', shape: [] }],
      outputs: [],
    });
  });

  it('says which graph, signature or datatype it wanted and what is there', () => {
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [modelOf({ tags: ['train'] }), /the tag serve alone, it has \[train\]/],
      [modelOf({ tags: ['serve', 'gpu'] }), /it has \[serve, gpu\]/],
      [modelOf({ signature: 'score' }), /wanted the signature serving_default, it has score/],
      [modelOf({ dataType: 2 }), /'x' is of TensorFlow's datatype 2; wanted FP32/],
      [modelOf({ dataType: 4, side: 2 }), /'x' is of TensorFlow's datatype 4; wanted FP32/],
      [Buffer.alloc(0), /it has none/],
      [Buffer.from('nothing'), /can't be read|it has none/],
    ];
    for (const [bytes, message] of cases) {
      assert.throws(() => signatureOf(bytes), { reason: 'ARTIFACT_UNSUPPORTED', message });
    }
    assert.throws(() => readSavedModelSignature([]), { reason: 'ARTIFACT_UNSUPPORTED' });
  });

  it('refuses a file that is cut off, wherever that is', () => {
    for (let end = 0; end < scaled.length; end += 7) {
      assert.throws(
        () => signatureOf(scaled.subarray(0, end)),
        (error) => error instanceof MeshError && error.reason === 'ARTIFACT_UNSUPPORTED',
        `${end}`,
      );
    }
  });
});
