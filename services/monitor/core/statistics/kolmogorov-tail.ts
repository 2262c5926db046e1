import assert from 'node:assert/strict';
import { binomialDensity } from './binomial-density.ts';
import { durbinCdf } from './durbin-matrix.ts';
import { stirlingError } from './log-gamma.ts';
import { pelzGoodCdf } from './pelz-good.ts';

/**
 * Gives P(D > distance), 0 to 1, of the two-sided one-sample Kolmogorov-Smirnov statistic of `count` independent values of a continuous distribution
 * that is known: finite-sample, equal to scipy's `kstwo.sf` within 1e-9 relative. `count` is a whole number, 1 or more. O(count) at worst.
 * @source Simard and L'Ecuyer 2011, "Computing the two-sided Kolmogorov-Smirnov distribution"; with Durbin's matrix in place of Pomeranz's recursion
 */
export function kolmogorovTail(distance: number, count: number): number {
  assert.ok(Number.isInteger(count) && count >= 1, `wanted a whole count from 1, got ${count}`);
  const scaled = count * distance;
  if (distance >= 1) return 0;
  if (scaled <= 0.5) return 1;
  return Math.min(1, Math.max(0, tailInside(distance, count)));
}

function tailInside(distance: number, count: number): number {
  const scaled = count * distance;
  if (scaled <= 1) return 1 - smallCdf(scaled, count);
  if (scaled >= count - 1) return 2 * (1 - distance) ** count;
  const squared = scaled * distance;
  // 370: 2 exp(-740) is below the smallest double.
  if (squared >= 370) return 0;
  // 4, 2.2 and 140 are Simard and L'Ecuyer's: above, the chance that both sides exceed is below 1e-14 of the tail.
  if (distance >= 0.5 || squared >= (count <= 140 ? 4 : 2.2))
    return 2 * smirnovTail(distance, count);
  if (count <= 140 || (count <= 100_000 && count * distance ** 1.5 <= 1.4)) {
    return 1 - durbinCdf(distance, count);
  }
  return 1 - pelzGoodCdf(distance, count);
}

/** Gives count! / count^count * (2 scaled - 1)^count. @source Ruben and Gambino 1982 */
function smallCdf(scaled: number, count: number): number {
  const logFactorial = 0.5 * Math.log(2 * Math.PI * count) - count + stirlingError(count);
  return Math.exp(logFactorial + count * Math.log(2 * scaled - 1));
}

/** Gives P(D+ > distance) of one side as a sum of positive terms. @source Smirnov 1944; Birnbaum and Tingey 1951 */
function smirnovTail(distance: number, count: number): number {
  const last = Math.floor(count * (1 - distance));
  const middle = Math.floor(last / 2);
  let sum = 0;
  // From the middle, where the terms are largest, outwards: what follows a negligible one is smaller still.
  for (let v = middle; v >= 0; v -= 1) {
    const term = smirnovTerm(v, distance, count);
    sum += term;
    if (term * count < sum * 1e-17) break;
  }
  for (let v = middle + 1; v <= last; v += 1) {
    const term = smirnovTerm(v, distance, count);
    sum += term;
    if (term * count < sum * 1e-17) break;
  }
  return distance * sum;
}

function smirnovTerm(v: number, distance: number, count: number): number {
  const share = v / count + distance;
  const others = 1 - distance - v / count;
  if (others <= 0) return v === count ? share ** (count - 1) : 0;
  return binomialDensity(v, count, share, others) / share;
}
