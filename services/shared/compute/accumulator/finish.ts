/**
 * The only roundings of an aggregate, each once, at the end. NaN stands for a window that holds nothing to compute from.
 */

/** Gives sum / count; NaN for none. `sum` is exact or rounded once. */
export function finishMean(count: number, sum: number): number {
  return count === 0 ? Number.NaN : sum / count;
}

/**
 * Gives the variance of a sample, (n Σx² - (Σx)²) / (n (n - 1)), with an exact numerator: it is never negative and nothing
 * cancels. NaN for fewer than two.
 */
export function finishVariance(
  count: number,
  sum: number | bigint,
  squares: number | bigint,
): number {
  if (count < 2) return Number.NaN;
  return numerator(count, sum, squares) / (count * (count - 1));
}

/** Gives the root of {@link finishVariance}. */
export function finishStddev(
  count: number,
  sum: number | bigint,
  squares: number | bigint,
): number {
  return Math.sqrt(finishVariance(count, sum, squares));
}

function numerator(count: number, sum: number | bigint, squares: number | bigint): number {
  if (typeof sum === 'number' && typeof squares === 'number') {
    const scaled = count * squares;
    const squared = sum * sum;
    // Below 2^53 both products are exact, and so is their difference.
    if (scaled <= Number.MAX_SAFE_INTEGER && squared <= Number.MAX_SAFE_INTEGER) {
      return scaled - squared;
    }
  }
  return Number(BigInt(count) * BigInt(squares) - BigInt(sum) ** 2n);
}
