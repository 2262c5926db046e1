import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SegmentReader, SegmentWriter, segmentsOf } from './record-segments.ts';

function blockOf(text: string): Uint8Array {
  const writer = new SegmentWriter();
  writer.begin(undefined);
  writer.text(text);
  writer.end(0b101);
  return Uint8Array.from(writer.written());
}

describe('segments of a block', () => {
  it('are read back as they were written', () => {
    const [segment, ...more] = segmentsOf(blockOf('Zürich'));
    assert.ok(segment);
    assert.deepEqual([segment.mask, more.length], [0b101, 0]);
    const reader = new SegmentReader(segment);
    assert.equal(reader.text(), 'Zürich');
    reader.end();
  });

  it('are refused where they are damaged, with what to do about a log of predictions', () => {
    const wrong = {
      reason: 'STATE_CORRUPT',
      message:
        /^a block of the log of predictions: .*; restore .* from a backup, or remove the monitor's folder/,
    };
    const block = blockOf('Zurich');
    assert.throws(() => segmentsOf(block.subarray(0, block.length - 1)), wrong);
    assert.throws(() => segmentsOf(Uint8Array.of(2, ...block.subarray(1))), wrong);
    const [segment] = segmentsOf(block);
    assert.ok(segment);
    const reader = new SegmentReader({ ...segment, body: segment.body.subarray(0, 3) });
    assert.throws(() => reader.text(), wrong);
    const unread = new SegmentReader(segment);
    assert.throws(() => unread.end(), wrong);
  });
});
