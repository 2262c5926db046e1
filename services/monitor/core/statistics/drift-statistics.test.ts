import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';
import { populationStability } from '../../../shared/compute/profile-bins.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { binnedKsTest } from './binned-ks.ts';
import { categoriesTest, largestShareDifference } from './chi-square.ts';
import { kishSampleSize } from './effective-sample-size.ts';
import { EntityMoments } from './entity-moments.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { twoSampleKs } from './kolmogorov-smirnov.ts';
import { kolmogorovTail } from './kolmogorov-tail.ts';
import { compareShares, fisherUpper } from './share-tests.ts';
import { binnedWasserstein } from './wasserstein.ts';

const { distances, shares } = statisticsVectors();
const none = new Uint32Array(3);
const some = Uint32Array.of(1, 2, 3);

describe('distances of binned values', () => {
  for (const [index, vector] of distances.entries()) {
    it(`are those of scipy: vector ${index}`, () => {
      const reference = Uint32Array.from(vector.reference);
      const counts = Uint32Array.from(vector.counts);
      agrees(populationStability(reference, counts), vector.stability, 'stability');
      agrees(jensenShannonDistance(reference, counts), vector.jensenShannon, 'Jensen-Shannon');
      agrees(binnedWasserstein(vector.edges, reference, counts), vector.wasserstein, 'Wasserstein');
      const rows = counts.reduce((sum, count) => sum + count, 0);
      for (const [wanted, effectiveRows] of [
        [vector.chiSquare, rows],
        [vector.weightedChiSquare, vector.effectiveRows],
      ] as const) {
        const found = categoriesTest(reference, counts, effectiveRows);
        agrees(found.statistic, wanted.statistic, 'chi-square');
        agrees(found.pValue, wanted.pValue, 'p of chi-square');
        assert.equal(found.degrees, wanted.degrees);
      }
    });
  }

  it('say nothing about an empty window', () => {
    assert.equal(jensenShannonDistance(some, none), 0);
    assert.equal(binnedWasserstein([0, 1, 2, 3], some, none), 0);
    assert.equal(largestShareDifference(some, none), 0);
    assert.equal(categoriesTest(some, none, 0).pValue, 1);
    assert.equal(categoriesTest(Uint32Array.of(4, 0), Uint32Array.of(9, 0), 9).pValue, 1);
    assert.deepEqual(binnedKsTest(some, none, { referenceRows: 6, effectiveRows: 0 }), {
      statistic: 0,
      pValue: 1,
    });
  });

  it('are largest where nothing is in common', () => {
    const [left, right] = [Uint32Array.of(5, 0), Uint32Array.of(0, 9)];
    assert.equal(jensenShannonDistance(left, right), 1);
    assert.equal(largestShareDifference(left, right), 1);
    assert.equal(binnedWasserstein([0, 2, 4], left, right), 2);
  });
});

describe('binnedKsTest', () => {
  it('has the distance of the values where each value has a bin, and allows for the grid', () => {
    const random = seededRandom(5);
    const values = (rows: number, shift: number) =>
      Float64Array.from({ length: rows }, () => Math.floor(random.next() * 40 + shift));
    const [reference, window] = [values(4_000, 0), values(900, 2)];
    const countsOf = (of: Float64Array) => {
      const counts = new Uint32Array(50);
      for (const value of of) counts[value] = (counts[value] ?? 0) + 1;
      return counts;
    };
    const found = binnedKsTest(countsOf(reference), countsOf(window), {
      referenceRows: 4_000,
      effectiveRows: 900,
    });
    const raw = twoSampleKs(reference, window, 'asymptotic');
    agrees(found.statistic, raw.statistic, 'distance');
    // 734 values; the grid of 50 edges hides 0.58 / sqrt(50) of the distance's scale.
    const shift = 0.5826 / Math.sqrt(50 * 734);
    const wanted = kolmogorovTail(raw.statistic + shift, 734);
    assert.ok(Math.abs(found.pValue / wanted - 1) < 1e-3, `${found.pValue}, wanted ${wanted}`);
  });

  it('is surer where the reference is known than where it is a sample, and less so with fewer entities', () => {
    const counts = Uint32Array.of(30, 40, 50);
    const reference = Uint32Array.of(100, 100, 100);
    const p = (referenceRows: number, effectiveRows: number) =>
      binnedKsTest(reference, counts, { referenceRows, effectiveRows }).pValue;
    assert.ok(p(Number.POSITIVE_INFINITY, 120) < p(300, 120));
    assert.ok(p(300, 120) < p(300, 20));
  });
});

describe('shares', () => {
  it('are compared as scipy does', () => {
    for (const [count, rows, other, otherRows, pValue, fisher] of shares) {
      const [first, second] = [
        { count, rows },
        { count: other, rows: otherRows },
      ];
      const found = compareShares(first, second);
      agrees(found.pValue, pValue, `p of ${count} of ${rows} and ${other} of ${otherRows}`);
      agrees(found.difference, other / otherRows - count / rows, 'difference');
      agrees(
        fisherUpper(first, second),
        fisher,
        `Fisher of ${count}, ${rows}, ${other}, ${otherRows}`,
      );
    }
  });
  it('say nothing without rows, or where no row or every row counts', () => {
    for (const [count, rows, otherRows] of [
      [0, 0, 5],
      [0, 4, 5],
      [4, 4, 0],
    ] as const) {
      const found = compareShares({ count, rows }, { count: 0, rows: otherRows });
      assert.deepEqual([found.z, found.pValue], [0, 1]);
    }
    assert.equal(fisherUpper({ count: 0, rows: 9 }, { count: 0, rows: 3 }), 1);
    assert.equal(fisherUpper({ count: 2, rows: 2 }, { count: 3, rows: 3 }), 1);
  });
});

describe('effective sample size', () => {
  it("is Kish's: the number of entities where they weigh alike, less where some weigh more", () => {
    assert.equal(kishSampleSize([3, 3, 3, 3]), 4);
    assert.equal(kishSampleSize([10, 1, 1]), 144 / 102);
    assert.equal(kishSampleSize([]), 0);
  });

  it('is estimated within 15 % by the sketch, for entities that come once, alike often, or by Zipf', () => {
    const random = seededRandom(77);
    const half = () => Math.floor(random.next() * 4_294_967_296) | 0;
    const loads: Readonly<Record<string, readonly number[]>> = {
      once: new Array<number>(5_000).fill(1),
      fives: new Array<number>(2_000).fill(5),
      zipf: Array.from({ length: 3_000 }, (_, index) => Math.ceil(2_000 / (index + 1))),
    };
    for (const [name, requests] of Object.entries(loads)) {
      const replicas = [new EntityMoments(), new EntityMoments()] as const;
      for (const count of requests) {
        const [high, low] = [half(), half()];
        for (let one = 0; one < count; one += 1) replicas[one % 2 === 0 ? 0 : 1].add(high, low);
      }
      const whole = new EntityMoments(replicas[0].state());
      whole.merge(replicas[1].state());
      const share = whole.effectiveRows() / kishSampleSize(requests);
      assert.ok(share > 0.85 && share < 1.15, `${name}: ${share} of what it is`);
      const stored = JSON.parse(JSON.stringify(whole.state())) as ReturnType<typeof whole.state>;
      assert.equal(new EntityMoments(stored).effectiveRows(), whole.effectiveRows());
    }
    assert.equal(new EntityMoments().effectiveRows(), 0);
    assert.throws(() => new EntityMoments({ requests: 1, cells: [1] }), /wanted 5 x 1,024 cells/);
  });
});
