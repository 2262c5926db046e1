import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeEventRecord, encodeEventRecord, readEventRecordHead } from './event-codec.ts';
import type { EventTable } from './event-table.ts';

const events: EventTable = {
  rows: 3,
  ts: Float64Array.of(30, 10, 20),
  seq: Float64Array.of(5, 6, 7),
  numbers: new Map([
    ['a', Float64Array.of(1.5, Number.NaN, -3)],
    ['b', Float64Array.of(0, 2 ** 53 - 1, 1e-300)],
  ]),
  texts: new Map([['city', { dictionary: ['ä', ''], codes: Uint32Array.of(0, 1, 0) }]]),
  ids: ['x', '2', '"'],
};

describe('event records', () => {
  it('come back as they were, from bytes at any place in memory', () => {
    const encoded = encodeEventRecord({ source: 'trips', ingestedMs: 40, events });
    const shifted = new Uint8Array(encoded.length + 3).subarray(3);
    shifted.set(encoded);
    assert.deepEqual(decodeEventRecord(shifted, { hasIds: true }), {
      source: 'trips',
      ingestedMs: 40,
      events,
    });
    assert.deepEqual(decodeEventRecord(encoded, { hasIds: false }).events.ids, []);
  });

  it('were known at all times when they do not say since when', () => {
    const encoded = encodeEventRecord({ source: 'trips', ingestedMs: 40, events });
    const headBytes = encoded.readUInt32LE(0);
    const head = Buffer.from(
      encoded.subarray(-headBytes).toString().replace('"ingestedMs":40,', ''),
    );
    const old = Buffer.concat([encoded.subarray(0, -headBytes), head]);
    old.writeUInt32LE(head.length, 0);
    assert.equal(readEventRecordHead(old).ingestedMs, 0);
  });

  it('say what they hold without being decoded', () => {
    const { source, ingestedMs, rows, firstSeq, firstTs, lastTs } = readEventRecordHead(
      encodeEventRecord({ source: 'trips', ingestedMs: 40, events }),
    );
    assert.deepEqual(
      [source, ingestedMs, rows, firstSeq, firstTs, lastTs],
      ['trips', 40, 3, 5, 10, 30],
    );
  });
});
