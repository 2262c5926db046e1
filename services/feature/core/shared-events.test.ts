import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { derivedColumn } from '../../shared/compute/text-columns.ts';
import { type EventTable, nullCode } from './event-table.ts';
import { KeyCodes, noCode, SharedEventsBuilder } from './shared-events.ts';

const derived = {
  name: 'carrier code',
  column: 'carrier',
  derive: { kind: 'code', texts: ['UA', 'AA'] },
} as const;

function tableOf(
  ts: readonly number[],
  seq: readonly number[],
  carriers: { readonly dictionary: readonly string[]; readonly codes: readonly number[] },
): EventTable {
  return {
    rows: ts.length,
    ts: Float64Array.from(ts),
    seq: Float64Array.from(seq),
    numbers: new Map([['delay', Float64Array.from(seq, (value) => value * 10)]]),
    texts: new Map([
      ['carrier', { dictionary: carriers.dictionary, codes: Uint32Array.from(carriers.codes) }],
    ]),
    ids: [],
  };
}

describe('SharedEventsBuilder', () => {
  it('joins history and log in the order of (ts, seq), with one code for each text', () => {
    const codes = new Map([['carrier', new KeyCodes()]]);
    const builder = new SharedEventsBuilder({ numbers: ['delay'], derived: [derived], codes }, 1);
    builder.append({
      table: tableOf([10, 20, 30], [1, 2, 3], {
        dictionary: ['AA', 'UA'],
        codes: [0, 1, nullCode],
      }),
      ingestedMs: Number.NEGATIVE_INFINITY,
      keeps: undefined,
    });
    builder.append({
      table: tableOf([20, 5, 40], [4, 5, 6], { dictionary: ['UA', 'DL'], codes: [0, 1, 0] }),
      ingestedMs: 25,
      keeps: (row) => row < 2,
    });
    const events = builder.finish();
    assert.deepEqual([...events.ts], [5, 10, 20, 20, 30]);
    assert.deepEqual([...events.seq], [5, 1, 2, 4, 3]);
    assert.deepEqual([...(events.numbers.get('delay') ?? [])], [50, 10, 20, 40, 30]);
    assert.deepEqual([...(events.keys.get('carrier') ?? [])], [2, 0, 1, 1, noCode]);
    const made = derivedColumn(derived, {
      dictionary: ['DL', 'AA', 'UA'],
      codes: Uint32Array.of(0, 1, 2, 2, nullCode),
    });
    assert.deepEqual(events.numbers.get('carrier code')?.slice(), made);
    const { NEGATIVE_INFINITY } = Number;
    assert.deepEqual(
      events.knownMs?.slice(),
      Float64Array.of(25, NEGATIVE_INFINITY, NEGATIVE_INFINITY, 25, NEGATIVE_INFINITY),
    );
  });

  it('keeps no known times where everything came in time', () => {
    const codes = new Map([['carrier', new KeyCodes()]]);
    const builder = new SharedEventsBuilder({ numbers: [], derived: [], codes }, 1_000);
    const table = tableOf([10, 20], [1, 2], { dictionary: ['AA'], codes: [0, 0] });
    builder.append({ table, ingestedMs: 10, keeps: undefined });
    assert.equal(builder.finish().knownMs, undefined);
  });
});
