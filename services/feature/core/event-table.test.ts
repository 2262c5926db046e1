import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { EntityGroups } from './entity-groups.ts';
import { type EventTable, EventTableBuilder } from './event-table.ts';

const shape = { numbers: ['value'], texts: ['city', 'street'], hasIds: true };

/** A part with a dictionary of its own, in the order of its rows. */
function part(
  rows: readonly { ts: number; seq: number; city: string; street: string }[],
): EventTable {
  const textOf = (name: 'city' | 'street') => {
    const dictionary = [...new Set(rows.map((row) => row[name]))].reverse();
    return { dictionary, codes: Uint32Array.from(rows, (row) => dictionary.indexOf(row[name])) };
  };
  return {
    rows: rows.length,
    ts: Float64Array.from(rows, ({ ts }) => ts),
    seq: Float64Array.from(rows, ({ seq }) => seq),
    numbers: new Map([['value', Float64Array.from(rows, ({ seq }) => seq * 10)]]),
    texts: new Map([
      ['city', textOf('city')],
      ['street', textOf('street')],
    ]),
    ids: rows.map(({ seq }) => `id-${seq}`),
  };
}

describe('EventTableBuilder', () => {
  it('joins parts with dictionaries of their own and sorts them by (ts, seq)', () => {
    const random = seededRandom(1);
    const all = Array.from({ length: 5_000 }, (_, index) => ({
      ts: Math.floor(random.next() * 300),
      seq: index + 1,
      city: `c${Math.floor(random.next() * 9)}`,
      street: `s${Math.floor(random.next() * 4)}`,
    }));
    const builder = new EventTableBuilder(shape);
    for (let from = 0; from < all.length; from += 700) {
      builder.append(part(all.slice(from, from + 700)), (row) => (from + row) % 5 !== 0);
    }
    const expected = all
      .filter((_, index) => index % 5 !== 0)
      .sort((a, b) => a.ts - b.ts || a.seq - b.seq);
    const table = builder.finish();
    assert.equal(table.rows, expected.length);
    expected.forEach((row, index) => {
      assert.equal(table.ts[index], row.ts);
      assert.equal(table.seq[index], row.seq);
      assert.equal(table.ids[index], `id-${row.seq}`);
      assert.equal(table.numbers.get('value')?.[index], row.seq * 10);
      const city = table.texts.get('city');
      assert.equal(city?.dictionary[city.codes[index] ?? 0], row.city);
    });
  });

  it('gives an empty table when there is nothing', () => {
    assert.equal(new EventTableBuilder(shape).finish().rows, 0);
  });
});

describe('EntityGroups', () => {
  it('groups the events of each entity in order', () => {
    const view: ViewPlan = {
      id: 'v',
      source: 's',
      by: ['city', 'street'],
      columns: ['value'],
      derivedColumns: [],
      features: [],
      retentionMs: 1,
    };
    const builder = new EventTableBuilder(shape);
    builder.append(
      part([
        { ts: 1, seq: 1, city: 'a', street: 'x' },
        { ts: 2, seq: 2, city: 'a', street: 'y' },
        { ts: 2, seq: 3, city: 'a', street: 'x' },
        { ts: 3, seq: 4, city: 'b', street: 'x' },
      ]),
    );
    const groups = new EntityGroups(builder.finish(), view);
    assert.equal(groups.count, 3);
    const index = groups.indexOf('a\u001fx');
    assert.ok(index !== undefined);
    const { events, tableRows } = groups.at(index);
    assert.deepEqual(
      [[...events.seq], [...tableRows]],
      [
        [1, 3],
        [0, 2],
      ],
    );
    assert.deepEqual([...(events.columns.get('value') ?? [])], [10, 30]);
    assert.equal(groups.indexOf('b\u001fy'), undefined);
  });
});
