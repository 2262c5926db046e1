import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binomialCdf, quantileUpperRank, shareUpper, studentUpper } from './binomial.ts';

const near = (got: number, wanted: number, tolerance: number) =>
  assert.ok(
    Math.abs(got - wanted) <= tolerance,
    `wanted ${wanted} within ${tolerance}, got ${got}`,
  );

describe('binomial bounds', () => {
  // Golden values: sum(comb(n, k) * p**k * (1 - p)**(n - k)) in Python 3.
  it('sums the distribution', () => {
    near(binomialCdf(3, 10, 0.2), 0.8791261184, 1e-10);
    near(binomialCdf(40, 5_000, 0.01), 0.08499265788599944, 1e-12);
    near(binomialCdf(20_000, 20_000, 0.5), 1, 1e-9);
    assert.equal(binomialCdf(-1, 10, 0.5), 0);
    // Golden values: scipy's binom.cdf.
    near(binomialCdf(500_100, 1_000_000, 0.5), 0.5796507066821627, 1e-9);
    near(1 - binomialCdf(999_700, 1_000_000, 0.9996), 1 - 0.9999999253186858, 1e-12);
  });
  it('bounds a share from above, as Clopper and Pearson do', () => {
    near(shareUpper(0, 3_000), 1 - 0.05 ** (1 / 3_000), 1e-9);
    near(shareUpper(0, 1), 0.95, 1e-9);
    assert.equal(shareUpper(0, 0), 1);
    assert.equal(shareUpper(7, 7), 1);
    for (const [seen, trials] of [
      [1, 20],
      [40, 5_000],
      [900, 1_000],
    ] as const) {
      near(binomialCdf(seen, trials, shareUpper(seen, trials)), 0.05, 1e-6);
    }
  });
  it('needs 299 values to bound the 99th percentile, and then the largest does', () => {
    assert.equal(quantileUpperRank(298, 0.99), undefined);
    assert.equal(quantileUpperRank(299, 0.99), 299);
    assert.equal(quantileUpperRank(0, 0.99), undefined);
    const rank = quantileUpperRank(5_000, 0.99) ?? 0;
    assert.ok(rank > 4_950 && rank < 4_980, `${rank}`);
    // The bound holds for the rank and not for the one before.
    assert.ok(1 - binomialCdf(5_000 - rank, 5_000, 0.01) >= 0.95);
    assert.ok(1 - binomialCdf(5_000 - rank + 1, 5_000, 0.01) < 0.95);
  });
  it('gives the quantile of t to a hundredth', () => {
    for (const [degrees, wanted] of [
      [4, 2.1318],
      [11, 1.7959],
      [30, 1.6973],
      [1e6, 1.6449],
    ] as const) {
      near(studentUpper(degrees) / wanted, 1, 0.01);
    }
    // scipy's t.isf(norm.sf(3), degrees).
    for (const [degrees, wanted] of [
      [13, 3.6942],
      [59, 3.1322],
    ] as const) {
      near(studentUpper(degrees, 3) / wanted, 1, 0.001);
    }
  });
});
