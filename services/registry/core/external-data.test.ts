import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testModel } from '../../../test/support/test-model.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { ExternalDataScanner } from './external-data.ts';

/** A field with a length, as protobuf writes it; all here are shorter than 128 bytes. */
const field = (number: number, content: Buffer) => {
  const key =
    number < 16 ? [number * 8 + 2] : [((number * 8 + 2) & 0x7f) | 0x80, (number * 8) >> 7];
  return Buffer.concat([Buffer.from([...key, content.length]), content]);
};
const location = Buffer.from([14 * 8, 1]);
const entry = field(
  13,
  Buffer.concat([field(1, Buffer.from('location')), field(2, Buffer.from('/etc/passwd'))]),
);

function scan(model: Uint8Array, chunkBytes = model.length): string {
  const scanner = new ExternalDataScanner();
  try {
    for (let from = 0; from < model.length; from += chunkBytes) {
      scanner.push(model.subarray(from, from + chunkBytes));
    }
    scanner.end();
    return 'passes';
  } catch (error) {
    assert.ok(error instanceof MeshError && error.reason === 'ARTIFACT_UNSUPPORTED');
    return error.message.includes('another file') ? 'external' : 'none';
  }
}

describe('ExternalDataScanner', () => {
  it('lets a model pass, in chunks of any size', () => {
    const { bytes } = testModel({ widths: [4, 16, 8] });
    for (const chunkBytes of [1, 7, 64, bytes.length])
      assert.equal(scan(bytes, chunkBytes), 'passes');
  });
  it('finds data in another file wherever a tensor can be', () => {
    const places: readonly ((tensor: Buffer) => Buffer)[] = [
      (tensor) => field(7, field(5, tensor)),
      (tensor) => field(7, field(15, field(2, tensor))),
      (tensor) => field(7, field(1, field(5, field(5, tensor)))),
      (tensor) => field(7, field(1, field(5, field(6, field(1, field(5, field(10, tensor))))))),
      (tensor) => field(25, field(7, field(5, field(11, field(5, tensor))))),
      (tensor) => field(20, field(1, field(5, tensor))),
    ];
    for (const place of places) {
      for (const tensor of [location, entry]) {
        const model = Buffer.concat([Buffer.from([8, 8]), place(tensor)]);
        assert.deepEqual([scan(model), scan(model, 1)], ['external', 'external']);
      }
      assert.equal(scan(place(Buffer.from([14 * 8, 0]))), 'passes');
    }
  });
  it('is not led astray by bytes that only look so', () => {
    // Raw data of a tensor, field 9, that holds what a location looks like.
    assert.equal(scan(field(7, field(5, field(9, Buffer.concat([location, entry]))))), 'passes');
  });
  it('refuses a file that is cut off, or whose lengths lead outside', () => {
    const { bytes } = testModel();
    assert.equal(scan(bytes.subarray(0, -1)), 'none');
    assert.equal(scan(Buffer.from([7 * 8 + 2, 4, 5 * 8 + 2, 9, 0, 0])), 'none');
    assert.equal(
      scan(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
      'none',
    );
    assert.equal(scan(Buffer.from([7])), 'none');
  });
});
