import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  agrees,
  sampleOf,
  statisticsVectors,
} from '../../../../test/support/statistics-vectors.ts';
import { exactKsTail, twoSampleKs } from './kolmogorov-smirnov.ts';
import { kolmogorovTail } from './kolmogorov-tail.ts';

/** `gen` in the file says how the samples are made; written with scipy 1.17.1. */
const golden = JSON.parse(readFileSync(resolve('test/support/ks-golden.json'), 'utf8')) as {
  readonly cases: readonly {
    readonly m: number;
    readonly n: number;
    readonly M?: number;
    readonly shift: number;
    readonly round: number | null;
    readonly D: number;
    readonly p: number;
    readonly method?: 'asymp';
  }[];
};
const vectors = statisticsVectors();
const methods = { exact: 'exact', asymp: 'asymptotic', auto: 'auto' } as const;

describe('twoSampleKs', () => {
  it('gives what scipy gives on all golden cases', () => {
    assert.equal(golden.cases.length, 54);
    for (const {
      m,
      n,
      M: modulus = 10_007,
      shift,
      round,
      D: distance,
      p,
      method,
    } of golden.cases) {
      const rounded = (value: number) => (round === null ? value : Number(value.toFixed(round)));
      const values = (rows: number, step: number, offset: number, by: number) =>
        Float64Array.from({ length: rows }, (_, index) =>
          rounded(((index * step + offset) % modulus) / modulus + by),
        );
      const found = twoSampleKs(
        values(m, 7919, 13, 0),
        values(n, 104_729, 101, shift),
        methods[method ?? 'exact'],
      );
      agrees(found.statistic, distance, `distance of ${m} and ${n} at ${shift}`);
      agrees(found.pValue, p, `p of ${m} and ${n} at ${shift}`);
    }
  });

  it('gives what scipy gives on vectors of other sizes, with ties and by all methods', () => {
    assert.ok(vectors.kolmogorovSmirnov.length > 100);
    for (const { left, right, method, statistic, pValue } of vectors.kolmogorovSmirnov) {
      const found = twoSampleKs(sampleOf(left), sampleOf(right), methods[method]);
      const what = `${left.rows} and ${right.rows} at ${right.shift}, ${method}`;
      agrees(found.statistic, statistic, `distance of ${what}`);
      agrees(found.pValue, pValue, `p of ${what}`);
    }
  });

  it('counts orders of values: the exact p of small samples is the share of orders with that distance', () => {
    const distances: number[] = [];
    for (let order = 0; order < 2 ** 9; order += 1) {
      const sides = Array.from({ length: 9 }, (_, index) => (order >> index) & 1);
      if (sides.filter((side) => side === 1).length !== 4) continue;
      const of = (side: number) =>
        Float64Array.from(sides.flatMap((found, index) => (found === side ? [index] : [])));
      distances.push(twoSampleKs(of(1), of(0)).statistic);
    }
    assert.equal(distances.length, 126);
    for (const steps of [1, 4, 7, 11, 15, 20]) {
      const share = distances.filter((distance) => distance >= steps / 20 - 1e-12).length / 126;
      agrees(exactKsTail(steps, 4, 5), share, `${steps} of 20`);
    }
  });

  it('does not depend on which sample comes first, or on the order and scale of values', () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (left, right) => {
        const found = twoSampleKs(Float64Array.from(left), Float64Array.from(right));
        const turned = twoSampleKs(
          Float64Array.from(right, (value) => value ** 3).reverse(),
          Float64Array.from(left, (value) => value ** 3),
        );
        assert.equal(turned.statistic, found.statistic);
        agrees(turned.pValue, found.pValue, 'p of the samples in reverse');
        assert.ok(found.pValue >= 0 && found.pValue <= 1);
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('leaves the samples as they were, and wants values', () => {
    const left = Float64Array.of(3, 1, 2);
    assert.equal(twoSampleKs(left, Float64Array.of(9, 8, 7)).statistic, 1);
    assert.deepEqual([...left], [3, 1, 2]);
    assert.throws(() => twoSampleKs(left, new Float64Array(0)), /wanted two samples with values/);
    assert.equal(twoSampleKs(Float64Array.of(1), Float64Array.of(2), 'asymptotic').pValue, 1);
  });
});

describe('kolmogorovTail', () => {
  it('gives what scipy gives for the whole range of counts and distances', () => {
    for (const [count, distance, tail] of vectors.kolmogorovTails) {
      agrees(kolmogorovTail(distance, count), tail, `${count} values at ${distance}`);
    }
  });

  it('is not the limiting series of the textbooks, which is far off for small samples', () => {
    const limit = (distance: number, count: number) =>
      [1, 2, 3, 4].reduce(
        (sum, k) => sum - 2 * (-1) ** k * Math.exp(-2 * k * k * count * distance ** 2),
        0,
      );
    // 35 of 91 steps are the distance of 7 and 13 values at p = 0.43.
    assert.ok(limit(35 / 91, 91 / 20) / exactKsTail(35, 7, 13) > 1.15);
    assert.ok(limit(0.05285, 488) / kolmogorovTail(0.05285, 488) > 1.03);
  });

  it('falls as the distance grows, across all of its formulas', () => {
    for (const count of [5, 140, 141, 3_000]) {
      let before = 1;
      for (let distance = 0; distance <= 1; distance += 1 / 512) {
        const tail = kolmogorovTail(distance, count);
        assert.ok(
          tail <= before + 1e-13,
          `${count} values at ${distance}: ${tail} after ${before}`,
        );
        before = tail;
      }
    }
    assert.throws(() => kolmogorovTail(0.1, 0), /wanted a whole count/);
  });
});
