import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';
import { binomialDensity } from './binomial-density.ts';
import { gammaUpper } from './incomplete-gamma.ts';
import { logGamma, stirlingError } from './log-gamma.ts';
import { normalUpper, normalUpperQuantile } from './normal.ts';

const { special } = statisticsVectors();

describe('special functions', () => {
  it('give the logarithm of gamma as scipy does', () => {
    for (const [x, wanted] of special.logGamma) agrees(logGamma(x), wanted, `log gamma of ${x}`);
  });
  it("give the error of Stirling's formula, also where factorials overflow", () => {
    agrees(stirlingError(1), 1 - Math.log(Math.sqrt(2 * Math.PI)), 'error at 1');
    // The first two terms of the series; the third is below 1e-15 of it.
    agrees(stirlingError(1e4), 1 / 12e4 - 1 / 360e12, 'error at 10,000');
  });
  it('give the upper incomplete gamma function as scipy does, into the far tail', () => {
    for (const [shape, x, wanted] of special.gammaUpper) {
      agrees(gammaUpper(shape, x), wanted, `Q(${shape}, ${x})`);
    }
    assert.equal(gammaUpper(3, 0), 1);
  });
  it('give the normal tail and its quantile as scipy does', () => {
    for (const [z, wanted] of special.normalUpper) agrees(normalUpper(z), wanted, `P(Z > ${z})`);
    for (const [share, wanted] of special.normalUpperQuantile) {
      agrees(normalUpperQuantile(share), wanted, `quantile of ${share}`);
    }
    assert.throws(() => normalUpperQuantile(1), /wanted a share/);
  });
  it('give the binomial density as scipy does, also of a million trials', () => {
    for (const [successes, trials, share, wanted] of special.binomialDensity) {
      const got = binomialDensity(successes, trials, share, 1 - share);
      agrees(got, wanted, `${successes} of ${trials} at ${share}`);
    }
  });
});
