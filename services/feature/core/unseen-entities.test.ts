import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mesh } from '../../../test/support/flights-sample-mesh.ts';
import type { EventTable } from './event-table.ts';
import { unseenEntities } from './unseen-entities.ts';

const [featureSet] = mesh.featureSets;
assert.ok(featureSet !== undefined);
const airports = ['A', 'B', 'C', 'D'];
/** The events know no airport D. */
const dictionary = ['C', 'A', 'B'];

interface At {
  readonly origin: string;
  readonly destination: string;
  readonly t: number;
  readonly seq: number;
}

const airport = fc.constantFrom(...airports);
const known = fc.constantFrom(...dictionary);
const number = fc.integer({ min: 1, max: 6 });
const askedRow = fc.record({ origin: airport, destination: airport, t: number, seq: number });
const event = fc.record({ origin: known, destination: known, t: number, seq: number });

function tableOf(events: readonly At[]): EventTable {
  const text = (pick: (each: At) => string) => ({
    dictionary,
    codes: Uint32Array.from(events, (each) => dictionary.indexOf(pick(each))),
  });
  return {
    rows: events.length,
    ts: Float64Array.from(events, ({ t }) => t),
    seq: Float64Array.from(events, ({ seq }) => seq),
    numbers: new Map(),
    texts: new Map([
      ['origin', text(({ origin }) => origin)],
      ['destination', text(({ destination }) => destination)],
    ]),
    ids: [],
  };
}

describe('unseenEntities', () => {
  it('gives what a look at every pair of row and event gives', () => {
    fc.assert(
      fc.property(fc.array(askedRow, { minLength: 1 }), fc.array(event), (rows, events) => {
        const sorted = events.toSorted((a, b) => a.t - b.t || a.seq - b.seq);
        const query = {
          featureSet,
          rows: rows.length,
          keys: rows.flatMap((row) => {
            const texts = new Map(Object.entries(row));
            return featureSet.joinKeys.map((key) => String(texts.get(key)));
          }),
          atMs: Float64Array.from(rows, ({ t }) => t),
          logOffsets: Float64Array.from(rows, ({ seq }) => seq),
        };
        for (const view of featureSet.views) {
          const keyOf = (at: At) => view.by.map((name) => new Map(Object.entries(at)).get(name));
          const same = (a: At, b: At) => keyOf(a).join() === keyOf(b).join();
          const expected = rows.filter((row) => {
            const own = rows.filter((other) => same(row, other));
            const t = Math.min(...own.map((each) => each.t));
            const seq = Math.min(...own.map((each) => each.seq));
            return !sorted.some((each) => same(row, each) && each.t < t && each.seq <= seq);
          });
          assert.deepEqual(
            new Set(unseenEntities(view, query, tableOf(sorted))),
            new Set(expected.map((row) => String(keyOf(row)[0]))),
          );
        }
      }),
    );
  });
});
