import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodeEventRecord,
  decodeWholeRecord,
  encodeEventRecord,
  eventMarks,
  readEventRecordHead,
  type WholeRecord,
} from './event-codec.ts';
import { type EventTable, nullCode } from './event-table.ts';

const events: EventTable = {
  rows: 3,
  ts: Float64Array.of(30, 10, 20),
  seq: Float64Array.of(5, 6, 7),
  numbers: new Map([
    ['a', Float64Array.of(1.5, Number.NaN, -3)],
    ['b', Float64Array.of(0, 2 ** 53 - 1, 1e-300)],
  ]),
  texts: new Map([['city', { dictionary: ['ä', ''], codes: Uint32Array.of(0, 1, nullCode) }]]),
  ids: [],
};

const named: WholeRecord = {
  source: 'trips',
  ingestedMs: 40,
  events,
  ids: { kind: 'texts', texts: ['x', '2', '"'] },
  marks: undefined,
};

const ordered: WholeRecord = {
  ...named,
  ids: { kind: 'positions', partition: 'p/1', first: 40 },
  marks: Uint8Array.of(eventMarks.kept, eventMarks.droppedAsLate, eventMarks.kept),
};

describe('event records', () => {
  it('come back as they were, from bytes at any place in memory', () => {
    for (const record of [named, ordered]) {
      const encoded = encodeEventRecord(record);
      const shifted = new Uint8Array(encoded.length + 3).subarray(3);
      shifted.set(encoded);
      assert.deepEqual(decodeWholeRecord(shifted), record);
    }
  });

  it('give the events that count, with ids where they are wanted', () => {
    const all = decodeEventRecord(encodeEventRecord(named), { hasIds: true });
    assert.deepEqual(all, {
      source: 'trips',
      ingestedMs: 40,
      events: { ...events, ids: ['x', '2', '"'] },
    });
    const some = decodeEventRecord(encodeEventRecord(ordered), { hasIds: true }).events;
    assert.deepEqual([...some.seq], [5, 7]);
    assert.deepEqual([...some.ts], [30, 20]);
    assert.deepEqual(some.ids, ['p/1@40', 'p/1@42']);
    assert.deepEqual(decodeEventRecord(encodeEventRecord(named), { hasIds: false }).events.ids, []);
  });

  it('were known at all times when they do not say since when', () => {
    const encoded = encodeEventRecord(named);
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
      encodeEventRecord(ordered),
    );
    assert.deepEqual(
      [source, ingestedMs, rows, firstSeq, firstTs, lastTs],
      ['trips', 40, 3, 5, 10, 30],
    );
  });
});
