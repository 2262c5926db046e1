import assert from 'node:assert/strict';
import { kolmogorovTail } from './kolmogorov-tail.ts';

/** How a p-value is computed: over all orders of the values, by the distribution of one sample, or the first where that is affordable. */
export type KsMethod = 'exact' | 'asymptotic' | 'auto';

/** What a two-sample Kolmogorov-Smirnov test found. */
export interface KsTest {
  /** Largest distance of the two cumulative distributions, 0 to 1. */
  readonly statistic: number;
  /** Chance of this distance or a larger one when both samples are of one distribution, 0 to 1. */
  readonly pValue: number;
  readonly method: 'exact' | 'asymptotic';
}

// 10,000: scipy's limit of `auto`; the exact computation of two such samples takes below a second.
const exactRowsMax = 10_000;

/**
 * Tests whether two samples, not empty and free of NaN, come from one distribution. Gives what scipy's `ks_2samp` gives, two-sided: `asymptotic` is its
 * `asymp`, which is not the limiting series (that is off by 4 % even at 20,000 against 500 values). Values that are tied make it conservative.
 * O(n log n), and O(left x right) at worst for the exact p-value.
 */
export function twoSampleKs(
  left: Float64Array,
  right: Float64Array,
  method: KsMethod = 'auto',
): KsTest {
  const [m, n] = [left.length, right.length];
  assert.ok(m > 0 && n > 0, `wanted two samples with values, got ${m} and ${n}`);
  const steps = ksSteps(left.slice().sort(), right.slice().sort());
  const statistic = steps / ((m / greatestDivisor(m, n)) * n);
  const isExact = method === 'auto' ? Math.max(m, n) <= exactRowsMax : method === 'exact';
  if (isExact) return { statistic, pValue: exactKsTail(steps, m, n), method: 'exact' };
  const count = roundHalfEven((m * n) / (m + n));
  // A count of 0 comes of one value against one: no distance is unlikely.
  const pValue = count === 0 ? 1 : kolmogorovTail(statistic, count);
  return { statistic, pValue, method: 'asymptotic' };
}

/**
 * Gives the largest distance of two ascending samples as a whole number: in units of 1 / lcm(m, n). Whole, because two distances that differ
 * by rounding alone may have very different exact p-values.
 */
function ksSteps(left: Float64Array, right: Float64Array): number {
  const divisor = greatestDivisor(left.length, right.length);
  const [leftStep, rightStep] = [right.length / divisor, left.length / divisor];
  let [i, j, steps] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    // All ties of both sides, before the distributions are compared.
    const value = Math.min(left[i] ?? 0, right[j] ?? 0);
    while (i < left.length && left[i] === value) i += 1;
    while (j < right.length && right[j] === value) j += 1;
    steps = Math.max(steps, Math.abs(i * leftStep - j * rightStep));
  }
  return steps;
}

/**
 * Gives P(distance >= steps / lcm(m, n)) over all equally likely orders of m and n values, 0 to 1. Every term is positive, so that the relative error
 * is about 1e-15 down to the smallest double. O(m n) at worst, less for small distances; O(n) memory.
 * @source the lattice paths of Hodges 1958, as a recursion of the probability to touch the boundary
 */
export function exactKsTail(steps: number, m: number, n: number): number {
  if (steps === 0) return 1;
  const divisor = greatestDivisor(m, n);
  const [up, across] = [n / divisor, m / divisor];
  // touched[j]: the chance that a path to (i, j) has touched the boundary. Outside of it, that is 1.
  const touched = new Float64Array(n + 1).fill(1);
  for (let i = 0; i <= m; i += 1) {
    const low = Math.max(0, Math.floor((i * up - steps) / across) + 1);
    const high = Math.min(n, Math.ceil((i * up + steps) / across) - 1);
    let before = 1;
    for (let j = low; j <= high; j += 1) {
      const total = i + j;
      before = total === 0 ? 0 : (i / total) * (touched[j] ?? 1) + (j / total) * before;
      touched[j] = before;
    }
  }
  const isOutside = Math.abs(m * up - n * across) >= steps;
  return isOutside ? 1 : Math.min(1, touched[n] ?? 1);
}

/** Rounds halves to the even neighbour, as numpy does. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function greatestDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestDivisor(right, left % right);
}
