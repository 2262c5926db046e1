import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countBins, quantileEdges } from '../../../shared/compute/profile-bins.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { ColumnCounter, type ColumnReference, mergeCounts } from './column-counter.ts';
import { measureDrift } from './measure-drift.ts';

function referenceOf(values: Float64Array, categories?: readonly number[]): ColumnReference {
  const sorted = values.filter(Number.isFinite).sort();
  const edges = quantileEdges(sorted, 128);
  return {
    name: 'x',
    rows: values.length,
    missingShare: 1 - sorted.length / values.length,
    std: 0.29,
    edges,
    counts: [...countBins(edges, sorted)],
    ...(categories === undefined
      ? {}
      : {
          categories: categories.map((value) => ({
            value,
            count: sorted.filter((found) => found === value).length,
          })),
        }),
  };
}

const random = seededRandom(3);
const uniform = (rows: number, shift: number) =>
  Float64Array.from({ length: rows }, () => random.next() + shift);

function countsOf(reference: ColumnReference, values: Iterable<number>) {
  const counter = new ColumnCounter(reference);
  for (const value of values) counter.add(value);
  return counter.counts();
}

describe('measureDrift', () => {
  const reference = referenceOf(uniform(20_000, 0));

  it('finds a shift by all of its statistics, and none where there is none', () => {
    const same = measureDrift(reference, countsOf(reference, uniform(2_000, 0)), 2_000);
    assert.equal(same.test, 'ks');
    assert.ok(same.effect < 0.04 && same.pValue > 0.01 && same.psi < 0.02, JSON.stringify(same));
    const moved = measureDrift(reference, countsOf(reference, uniform(2_000, 0.2)), 2_000);
    assert.ok(moved.effect > 0.17 && moved.pValue < 1e-30 && moved.psi > 0.25);
    assert.ok(moved.jensenShannon > 0.2 && (moved.wasserstein ?? 0) > 0.5);
  });

  it('takes repeated entities for fewer values', () => {
    const counts = countsOf(reference, uniform(2_000, 0.06));
    const [all, few] = [
      measureDrift(reference, counts, 2_000),
      measureDrift(reference, counts, 40),
    ];
    assert.equal(all.effect, few.effect);
    assert.ok(all.pValue < 0.001 && few.pValue > 0.3);
  });

  it('finds missing values', () => {
    const values = uniform(1_000, 0).map((value, row) => (row % 20 === 0 ? Number.NaN : value));
    const { missing } = measureDrift(reference, countsOf(reference, values), 1_000);
    assert.equal(missing.difference, 0.05);
    assert.ok(missing.pValue < 1e-20);
  });

  it('tells few different values apart as categories, and finds those that the reference never had', () => {
    const days = Float64Array.from({ length: 7_000 }, (_, row) => row % 7);
    const week = referenceOf(days, [0, 1, 2, 3, 4, 5, 6]);
    const same = measureDrift(week, countsOf(week, days.subarray(0, 700)), 700);
    assert.deepEqual([same.test, same.pValue, same.effect], ['chi-square', 1, 0]);
    assert.deepEqual(same.unseen, { share: 0, pValue: 1 });
    const sundays = measureDrift(
      week,
      countsOf(week, [...days.subarray(0, 700), ...Array<number>(100).fill(6)]),
      800,
    );
    assert.ok(Math.abs(sundays.effect - (200 / 800 - 1 / 7)) < 1e-12);
    assert.ok(Math.abs((sundays.shareDifference ?? 0) - sundays.effect) < 1e-12);
    const other = measureDrift(week, countsOf(week, [...days.subarray(0, 690), 9, 9, 9]), 693);
    assert.equal(other.unseen.share, 3 / 693);
    assert.ok(other.unseen.pValue < 0.001);
  });

  it('says nothing about an empty window', () => {
    const found = measureDrift(reference, countsOf(reference, []), 0);
    assert.deepEqual([found.effect, found.pValue, found.psi, found.missing.pValue], [0, 1, 0, 1]);
  });
});

describe('column counts', () => {
  it('merge to what one counter would have counted, in any order', () => {
    const reference = referenceOf(Float64Array.from([0, 1, 2, 3, 4]), [0, 1, 2, 3, 4]);
    const values = fc.array(fc.constantFrom(-1, 0, 1, 2.5, 3, 4, 9, Number.NaN), { maxLength: 30 });
    fc.assert(
      fc.property(values, values, (left, right) => {
        const [a, b] = [countsOf(reference, left), countsOf(reference, right)];
        const whole = countsOf(reference, [...left, ...right]);
        assert.deepEqual(mergeCounts(a, b), whole);
        assert.deepEqual(mergeCounts(b, a), whole);
        assert.deepEqual(JSON.parse(JSON.stringify(whole)), whole);
      }),
      { seed: 9, numRuns: 200 },
    );
    const other = { rows: 0, missing: 0, unseen: 0, bins: [1], categories: [] };
    assert.throws(() => mergeCounts(countsOf(reference, []), other), /over the same bins/);
  });
});
