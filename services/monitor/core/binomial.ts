import { logGamma } from './statistics/log-gamma.ts';

const alpha = 0.05;

// Further terms change no digit of a sum.
const negligible = 1e-17;

/**
 * Gives P(X <= successes) for X ~ Bin(trials, share), 0 < share < 1, to 1e-10: the tail on its side of the mean, from the largest term on. O(sqrt(trials)).
 */
export function binomialCdf(successes: number, trials: number, share: number): number {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  const below = { trials, share, from: successes };
  if (successes <= trials * share) return Math.min(1, lowerTail(below));
  return Math.max(0, 1 - lowerTail({ trials, share: 1 - share, from: trials - successes - 1 }));
}

/** Sums the terms of `from` successes and of fewer; they fall from there on. */
function lowerTail({ trials, share, from }: BinomialTail): number {
  let term = Math.exp(
    logGamma(trials + 1) -
      logGamma(from + 1) -
      logGamma(trials - from + 1) +
      from * Math.log(share) +
      (trials - from) * Math.log1p(-share),
  );
  let sum = term;
  const odds = (1 - share) / share;
  for (let count = from; count > 0 && term > negligible * sum; count -= 1) {
    term *= (count / (trials - count + 1)) * odds;
    sum += term;
  }
  return sum;
}

interface BinomialTail {
  readonly trials: number;
  readonly share: number;
  readonly from: number;
}

/**
 * Gives the one-sided 95 % upper bound of a share that was seen `successes` times in `trials`; 1 when nothing was tried.
 * @source Clopper and Pearson 1934
 */
export function shareUpper(successes: number, trials: number): number {
  if (successes >= trials) return 1;
  let [low, high] = [successes / trials, 1];
  // 40 halvings: a bound to 1e-12.
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (binomialCdf(successes, trials, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Gives the rank, from 1, of the order statistic that is a one-sided 95 % upper bound of a quantile; undefined when there are too few values.
 * The values above the quantile are Bin(values, 1 - quantile).
 */
export function quantileUpperRank(values: number, quantile: number): number | undefined {
  let above = 0;
  while (above < values && binomialCdf(above, values, 1 - quantile) <= alpha) above += 1;
  return above === 0 ? undefined : values - above + 1;
}

/**
 * Gives the quantile of Student's t with `degrees` of freedom, 4 or more, that belongs to the normal one `z`, of 95 % by default: that one to 0.1 %, others up to z = 4 to 0.3 % from 13 degrees on.
 * @source Abramowitz and Stegun 26.7.5, three terms
 */
export function studentUpper(degrees: number, z = 1.6448536269514722): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}
