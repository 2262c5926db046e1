import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventTable } from './event-table.ts';
import { chooseExamples, sampleHash } from './training-sample.ts';

function table(ids: readonly string[]): EventTable {
  const column = new Float64Array(ids.length);
  return { rows: ids.length, ts: column, seq: column, numbers: new Map(), texts: new Map(), ids };
}

const all = (rows: number) => Uint32Array.from({ length: rows }, (_, row) => row);
const idsOf = (ids: readonly string[], rows: Uint32Array) =>
  new Set([...rows].map((row) => ids[row]));

describe('chooseExamples', () => {
  const ids = Array.from({ length: 10_000 }, (_, row) => String(row));

  it('chooses the same whatever comes along in which order', () => {
    const chosen = idsOf(ids, chooseExamples(all(10_000), table(ids), { rowsMax: 500, seed: 3 }));
    assert.equal(chosen.size, 500);
    const reversed = [...ids].reverse();
    assert.deepEqual(
      idsOf(reversed, chooseExamples(all(10_000), table(reversed), { rowsMax: 500, seed: 3 })),
      chosen,
    );
    const larger = idsOf(ids, chooseExamples(all(10_000), table(ids), { rowsMax: 900, seed: 3 }));
    assert.ok([...chosen].every((id) => larger.has(id)));
  });

  it('chooses others under another seed', () => {
    const first = idsOf(ids, chooseExamples(all(10_000), table(ids), { rowsMax: 500, seed: 3 }));
    const second = idsOf(ids, chooseExamples(all(10_000), table(ids), { rowsMax: 500, seed: 4 }));
    const shared = [...first].filter((id) => second.has(id)).length;
    // 25 are expected by chance; the standard deviation is 5.
    assert.ok(shared < 60, `${shared} shared`);
  });

  it('takes all when there are no more than asked for', () => {
    assert.equal(
      chooseExamples(all(10), table(ids.slice(0, 10)), { rowsMax: 10, seed: 1 }).length,
      10,
    );
    assert.equal(
      chooseExamples(all(10), table(ids.slice(0, 10)), { rowsMax: 0, seed: 1 }).length,
      10,
    );
  });

  it('spreads evenly over ids in a row', () => {
    const rows = chooseExamples(all(10_000), table(ids), { rowsMax: 5_000, seed: 9 });
    const early = rows.filter((row) => row < 5_000).length;
    // 2,500 are expected; the standard deviation is 35.
    assert.ok(Math.abs(early - 2_500) < 180, `${early} of the first half`);
  });
});

describe('sampleHash', () => {
  it('has 53 bits and no collisions among many ids', () => {
    const hashes = new Set(Array.from({ length: 50_000 }, (_, row) => sampleHash(`id-${row}`, 1)));
    assert.equal(hashes.size, 50_000);
    assert.ok([...hashes].every((hash) => Number.isSafeInteger(hash) && hash >= 0));
  });
});
