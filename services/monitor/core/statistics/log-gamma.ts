// Coefficients of the Stirling series of log n!, B(2k) / (2k (2k - 1)).
const stirling = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360_360,
  1 / 156,
] as const;
// 16: from here seven terms are within 1e-17.
const seriesMin = 16;
const halfLogTwoPi = 0.9189385332046727;

/**
 * Gives log n! - [(n + 1/2) log n - n + log(2 pi) / 2], the error of Stirling's formula, for n above 0: about 1 / (12 n). No digits
 * cancel, unlike in the difference of two logarithms of factorials.
 * @source Loader 2000, "Fast and accurate computation of binomial probabilities" (stirlerr)
 */
export function stirlingError(n: number): number {
  if (n < seriesMin) return logGamma(n + 1) - ((n + 0.5) * Math.log(n) - n + halfLogTwoPi);
  return stirlingSeries(n);
}

/**
 * Gives the logarithm of the gamma function of `x` above 0; relative error about 1e-15, absolute near its zeros 1 and 2.
 * @source recurrence to 16 and Stirling's series, Abramowitz and Stegun 6.1.41
 */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  // The product stays below 16!, so it can't overflow.
  while (shifted < seriesMin) {
    product *= shifted;
    shifted += 1;
  }
  const large =
    (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + stirlingSeries(shifted);
  return large - Math.log(product);
}

function stirlingSeries(n: number): number {
  const square = 1 / (n * n);
  return stirling.reduceRight((sum, coefficient) => sum * square + coefficient, 0) / n;
}
