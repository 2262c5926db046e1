import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourcePlan } from '../../shared/compute/plan.ts';
import { eventRows } from './event-rows.ts';
import { type EventForm, parseEventLine } from './parse-event-line.ts';

const source: SourcePlan = {
  name: 'purchases',
  parquet: 'purchases.parquet',
  columns: [
    { name: 'id', type: 'int' },
    { name: 'at', type: 'timestamp' },
    { name: 'user', type: 'text' },
    { name: 'amount', type: 'decimal', precision: 5, scale: 2 },
    { name: 'weight', type: 'float' },
    { name: 'isGift', type: 'bool' },
  ],
  eventTime: 'at',
  visibleAfterMs: 0,
  eventId: 'id',
};
const form: EventForm = { source, keyColumns: new Set(['user']), hasPartition: false };
const good = {
  id: 7,
  at: '2025-04-01T09:30Z',
  user: 'u1',
  amount: 12.34,
  weight: 0.5,
  isGift: true,
};
const atMs = Date.UTC(2025, 3, 1, 9, 30);

const parse = (change: Readonly<Record<string, unknown>>, own = form) =>
  parseEventLine(own, JSON.stringify({ ...good, ...change }), 3);

function refuses(change: Readonly<Record<string, unknown>>, message: RegExp, own = form): void {
  assert.throws(() => parse(change, own), { name: 'MeshError', reason: 'EVENT_INVALID', message });
}

describe('parseEventLine', () => {
  it('reads an event as the wire has it: decimals as they are, flags as 0 and 1, times as milliseconds', () => {
    assert.deepEqual(parse({}), { id: '7', values: [7, atMs, 'u1', 12.34, 0.5, 1] });
  });

  it('takes a decimal as a text, and a time as milliseconds, with another zone or with none', () => {
    assert.equal(parse({ amount: '-12.34' }).values[3], -12.34);
    assert.equal(parse({ amount: 999.99 }).values[3], 999.99);
    for (const at of [atMs, '2025-04-01T09:30', '2025-04-01 11:30:00.000+02:00']) {
      assert.equal(parse({ at }).values[1], atMs);
    }
    assert.equal(parse({ at: '2025-04-01' }).values[1], Date.UTC(2025, 3, 1));
  });

  it('keeps null, but not where every event needs a value', () => {
    assert.deepEqual(parse({ amount: null, isGift: null }).values.slice(3), [null, 0.5, null]);
    for (const name of ['id', 'at', 'user']) {
      refuses({ [name]: null }, new RegExp(`^line 3: column '${name}' is null`));
    }
  });

  it('refuses a column that is missing and one that the source does not have', () => {
    refuses({ amount: undefined }, /^line 3: column 'amount' is missing; write null/);
    refuses({ amonut: 1 }, /^line 3: source 'purchases' has no column 'amonut'; it has id, at/);
    refuses({ eventId: 'x' }, /has no column 'eventId'/);
  });

  it('refuses values of another type and beyond what is exact', () => {
    const wrong: readonly (readonly [string, readonly unknown[]])[] = [
      ['id', [1.5, 2 ** 53, true, '7', {}]],
      ['at', ['yesterday', '2025-02-30T00:00Z', '2025-04-01T25:00Z', 1.5, '7', true]],
      ['user', [7, true, []]],
      ['amount', ['12,34', '', 'NaN', 1000, 999.995, true, '1e3']],
      ['weight', ['0.5', true]],
      ['isGift', [0, 1, 'true']],
    ];
    for (const [name, values] of wrong) {
      for (const value of values)
        refuses({ [name]: value }, new RegExp(`^line 3: column '${name}' wants`));
    }
  });

  it('refuses a line that is no object', () => {
    for (const text of ['', '7', '[]', 'null', '{', '"text"']) {
      assert.throws(
        () => parseEventLine(form, text, 9),
        /^MeshError: line 9: wanted one JSON object/,
      );
    }
  });

  it('wants ids of its own where the source has no id column, and none where a partition says who an event is', () => {
    const numbered = { ...form, source: { ...source, eventId: 'file_row_number' } };
    assert.equal(parse({ eventId: 'shop-3/17' }, numbered).id, 'shop-3/17');
    refuses({}, /wanted the id of the event as 'eventId'.*--partition/, numbered);
    refuses({ eventId: '' }, /wanted the id of the event/, numbered);
    const inPartition = { ...form, hasPartition: true };
    assert.equal(parse({}, inPartition).id, undefined);
    assert.equal(parse({ id: null }, inPartition).values[0], null);
  });
});

describe('eventRows', () => {
  it('gives columns, and the nulls of those that have some', () => {
    const events = [parse({}), parse({ id: 8, amount: null }), parse({ id: 9, isGift: null })];
    const rows = eventRows(source, events);
    assert.deepEqual(rows.eventIds, ['7', '8', '9']);
    assert.deepEqual(rows.numbers.get('amount'), Float64Array.of(12.34, 0, 12.34));
    assert.deepEqual(rows.texts.get('user'), ['u1', 'u1', 'u1']);
    assert.deepEqual(
      [...rows.nulls],
      [
        ['amount', Uint8Array.of(0, 1, 0)],
        ['isGift', Uint8Array.of(0, 0, 1)],
      ],
    );
  });
});
