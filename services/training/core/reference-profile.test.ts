import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../shared/kernel/random.ts';
import { type ColumnProfile, writeReferenceProfile } from './reference-profile.ts';

const dayMs = 86_400_000;
const rows = 40_000;

/** Forty days of a thousand rows each. */
const atMs = Float64Array.from(
  { length: rows },
  (_, row) => 986_083_200_000 + (row * dayMs) / 1_000,
);

function profileOf(valueAt: (row: number) => number): ColumnProfile {
  const values = Float64Array.from({ length: rows }, (_, row) => valueAt(row));
  const columns = { atMs, columns: [{ name: 'x', values }] };
  const written = JSON.parse(Buffer.from(writeReferenceProfile(columns, columns)).toString());
  const [{ windowMeans, ...output }] = written.outputs;
  assert.deepEqual(written.inputs, [output]);
  assert.equal(windowMeans.length, written.inputs[0].present === 0 ? 0 : 40);
  return { ...written.inputs[0], windowMeans };
}

describe('writeReferenceProfile', () => {
  it('describes a column by bins of equal counts, quantiles and moments', () => {
    const random = seededRandom(1);
    const profile = profileOf(() => random.next());
    assert.equal(profile.edges.length, 129);
    assert.equal(
      profile.counts.reduce((sum, count) => sum + count, 0),
      rows,
    );
    assert.ok(profile.counts.every((count) => Math.abs(count - rows / 128) < 3));
    assert.equal(profile.categories, undefined);
    assert.equal(profile.missingShare, 0);
    // 0.01: some deviations of 40,000 uniform numbers.
    assert.ok(Math.abs((profile.mean ?? 0) - 0.5) < 0.01);
    assert.ok(Math.abs((profile.std ?? 0) - Math.sqrt(1 / 12)) < 0.01);
    assert.ok(Math.abs((profile.quantiles?.['0.95'] ?? 0) - 0.95) < 0.01);
  });

  it('counts every value of a column with few, and what is missing', () => {
    const profile = profileOf((row) => (row % 10 === 9 ? Number.NaN : row % 3));
    assert.equal(profile.present, 36_000);
    // 1e-12: a quotient of counts.
    assert.ok(Math.abs(profile.missingShare - 0.1) < 1e-12);
    assert.deepEqual(
      profile.categories?.map(({ value, count }) => [value, count]),
      [
        [0, 12_000],
        [1, 12_000],
        [2, 12_000],
      ],
    );
  });

  it('says how far days are from the whole: little where all are alike, much where they wander', () => {
    const random = seededRandom(2);
    const alikeProfile = profileOf(() => random.next());
    const wanderingProfile = profileOf((row) => random.next() + Math.floor(row / 1_000) / 20);
    const [alike, wandering] = [alikeProfile.windows, wanderingProfile.windows];
    assert.equal(alike.count, 40);
    assert.equal(alike.lengthMs, dayMs);
    // The statistic of 1,000 rows against 40,000 of the same has a mean of some 0.87 / sqrt(1,000) = 0.027.
    assert.ok(alike.ks.mean > 0.015 && alike.ks.mean < 0.04, `${alike.ks.mean}`);
    assert.ok(alike.ks.max >= alike.ks.mean && alike.ks.std > 0);
    // (B - 1)(1/n + 1/m) = 9 (1/1,000 + 1/40,000) = 0.009 is the mean of the index where nothing drifts.
    assert.ok(Math.abs(alike.psi.mean - 0.0092) < 0.003, `${alike.psi.mean}`);
    assert.ok(wandering.ks.mean > 5 * alike.ks.mean);
    // The deviation of uniform numbers over the root of 1,000 is 0.009, and days that wander move by 0.05 each.
    const rangeOf = (profile: ColumnProfile) => {
      const means = (profile.windowMeans ?? []).map(({ mean }) => mean);
      return Math.max(...means) - Math.min(...means);
    };
    assert.ok(rangeOf(alikeProfile) < 0.06, `${rangeOf(alikeProfile)}`);
    assert.ok(Math.abs(rangeOf(wanderingProfile) - 39 / 20) < 0.06);
    assert.deepEqual(alike.missing, { mean: 0, std: 0, max: 0 });
  });

  it('describes a column of one value, and one without any', () => {
    const one = profileOf(() => 7);
    assert.deepEqual([one.edges, one.counts, one.std], [[7, 7], [rows], 0]);
    const none = profileOf(() => Number.NaN);
    assert.deepEqual([none.present, none.missingShare, none.edges], [0, 1, []]);
    assert.equal(none.mean, undefined);
  });
});
