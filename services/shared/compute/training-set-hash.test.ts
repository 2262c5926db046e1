import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { TrainingRows } from './training-rows.ts';
import { hashTrainingSet } from './training-set-hash.ts';

interface Row {
  readonly at: number;
  readonly id: string;
  readonly label: number;
  readonly features: readonly number[];
}

function setOf(rows: readonly Row[]): TrainingRows {
  return {
    rows: rows.length,
    columns: 2,
    features: Float32Array.from(rows.flatMap((row) => row.features)),
    labels: Float32Array.from(rows, (row) => row.label),
    atMs: Float64Array.from(rows, (row) => row.at),
    eventIds: rows.map((row) => row.id),
  };
}

const rows: readonly Row[] = [
  { at: 1, id: 'a', label: 0, features: [1, 2] },
  { at: 1, id: 'b', label: 1, features: [0, 3] },
  { at: 2, id: 'a', label: 1, features: [Number.NaN, 4] },
];

describe('hashTrainingSet', () => {
  it('follows the written form byte for byte', () => {
    const leaf = createHash('sha256');
    for (const row of rows) {
      const head = Buffer.alloc(12);
      head.writeDoubleLE(row.at, 0);
      head.writeUInt32LE(row.id.length, 8);
      leaf.update(head).update(row.id);
      for (const value of [row.label, ...row.features]) {
        const bytes = Buffer.alloc(9);
        if (Number.isNaN(value)) bytes[0] = 1;
        else bytes.writeDoubleLE(value, 1);
        leaf.update(bytes);
      }
    }
    const leafDigest = leaf.digest();
    const root = createHash('sha256')
      .update(Buffer.from(Uint32Array.of(3, 2).buffer))
      .update(leafDigest)
      .digest('hex');
    assert.deepEqual(hashTrainingSet(setOf(rows)), { root, leaves: [leafDigest.toString('hex')] });
  });

  it('does not depend on the order of the rows or the sign of zero', () => {
    const shuffled = [rows[2], rows[1], rows[0]].flatMap((row) => row ?? []);
    const negated = shuffled.map((row) => ({
      ...row,
      features: row.features.map((value) => (value === 0 ? -0 : value)),
    }));
    assert.deepEqual(hashTrainingSet(setOf(negated)), hashTrainingSet(setOf(rows)));
  });

  it('tells apart sets that differ in one value, id, time or label', () => {
    const first = rows[0] ?? assert.fail();
    const variants = [
      { ...first, features: [1, 2.0000002] },
      { ...first, id: 'ab' },
      { ...first, at: 0 },
      { ...first, label: 1 },
    ].map((row) => hashTrainingSet(setOf([row, ...rows.slice(1)])).root);
    assert.equal(new Set([...variants, hashTrainingSet(setOf(rows)).root]).size, 5);
  });

  it('finds the leaf in which two sets differ', () => {
    const many = Array.from({ length: 8_193 }, (_, at) => ({
      at,
      id: `${at}`,
      label: 0,
      features: [at, 1],
    }));
    const changed = many.map((row) => (row.at === 8_192 ? { ...row, label: 1 } : row));
    const [left, right] = [hashTrainingSet(setOf(many)), hashTrainingSet(setOf(changed))];
    assert.equal(left.leaves.length, 2);
    assert.equal(left.leaves[0], right.leaves[0]);
    assert.notEqual(left.leaves[1], right.leaves[1]);
    assert.notEqual(left.root, right.root);
  });

  it('hashes an empty set', () => assert.equal(hashTrainingSet(setOf([])).leaves.length, 0));
});
