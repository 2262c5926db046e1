import { logGamma } from './log-gamma.ts';

// 1e-17: below half of the last bit of a sum near 1.
const termMin = 1e-17;
const stepsMax = 100_000;

/**
 * Gives Q(shape, x), the upper regularised incomplete gamma function, 0 to 1: the chance that a gamma variable of this shape exceeds `x`.
 * `shape` is above 0, `x` 0 or more. Relative error about 1e-14, also of tails down to 1e-300. O(sqrt(shape)) steps.
 * @source Abramowitz and Stegun 6.5.29 (series) and 6.5.31 (continued fraction, evaluated by Lentz's method)
 */
export function gammaUpper(shape: number, x: number): number {
  if (x <= 0) return 1;
  return x < shape + 1 ? 1 - series(shape, x) : fraction(shape, x);
}

function series(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let step = 1; step < stepsMax && term > sum * termMin; step += 1) {
    term *= x / (shape + step);
    sum += term;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

function fraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let step = 1; step < stepsMax; step += 1) {
    const a = -step * (step - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const factor = c * d;
    value *= factor;
    // 2^-52: the factor is 1 but for its last bit.
    if (Math.abs(factor - 1) <= 2 ** -52) break;
  }
  return value * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}
