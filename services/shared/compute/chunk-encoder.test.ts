import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 as crc32OfNode } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from './checksum.ts';
import { type EncodedChunk, encodeChunk } from './chunk-encoder.ts';
import { EventChunk } from './event-chunk.ts';

const seed = 20_261_124;

const whole = fc.oneof(
  fc.integer({ min: -70, max: 70 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 30, -(2 ** 30), 2 ** 30 + 1, 63, 64, 8191, 8192, Number.NaN),
);
const value = fc.oneof({ weight: 20, arbitrary: whole }, { weight: 1, arbitrary: fc.double() });
const time = fc.integer({ min: 0, max: 1_800_000_000_000 });
const events = fc.array(fc.tuple(time, value, value), { minLength: 1, maxLength: 300 });

function chunkOf(rows: readonly (readonly [number, number, number])[]): EventChunk {
  const chunk = new EventChunk(7, 2);
  rows.forEach(([ts, ...values], row) => void chunk.insert(ts, row + 1, values));
  return chunk;
}

describe('encodeChunk', () => {
  it('gives the same bytes, whatever of the chunk was encoded before', () => {
    const property = fc.property(events, fc.array(fc.nat(300)), (rows, stops) => {
      const sorted = rows.toSorted(([left], [right]) => left - right);
      let before: EncodedChunk | undefined;
      for (const stop of stops.toSorted((left, right) => left - right)) {
        const part = sorted.slice(0, stop);
        if (part.length > 0) before = encodeChunk(chunkOf(part), before);
      }
      const atOnce = encodeChunk(chunkOf(sorted), undefined);
      assert.deepEqual(encodeChunk(chunkOf(sorted), before), atOnce);
    });
    fc.assert(property, { seed, numRuns: 1_000 });
  });

  it('gives bytes that hold the events, also of a chunk that is encoded as it grows, in any order', () => {
    const property = fc.property(events, fc.integer({ min: 1, max: 100 }), (rows, step) => {
      const chunk = new EventChunk(7, 2);
      rows.forEach(([ts, ...values], row) => {
        chunk.insert(ts, row + 1, values);
        if (row % step === 0) chunk.encode();
      });
      assert.deepEqual(chunk.encode(), chunkOf(rows).encode());
      const read = EventChunk.decode(7, chunk.encode(), 2);
      const held = (of: EventChunk) =>
        [of.ts, of.seq, ...of.columns].map((values) => [...values.subarray(0, of.rows)]);
      assert.deepEqual(held(read), held(chunk));
    });
    fc.assert(property, { seed, numRuns: 1_000 });
  });
});

describe('crc32', () => {
  it('is that of zlib for any length', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(crc32(bytes), crc32OfNode(bytes));
    });
    fc.assert(property, { seed, numRuns: 2_000 });
  });
});
