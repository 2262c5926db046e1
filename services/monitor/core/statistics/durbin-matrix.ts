/** A number too far from 1 for a double: value x 2^exponent. */
interface Scaled {
  readonly matrix: Float64Array;
  readonly exponent: number;
}

// 2^128: products of two such numbers are far from overflow.
const step = 2 ** 128;

/**
 * Gives P(D <= distance) of the two-sided one-sample Kolmogorov-Smirnov statistic, exactly but for rounding (about 1e-14): an element of the power
 * of a matrix of size 2 ceil(count x distance) - 1. O(size^3 log count), so for small distances or counts.
 * @source Marsaglia, Tsang and Wang 2003, "Evaluating Kolmogorov's distribution", after Durbin 1968
 */
export function durbinCdf(distance: number, count: number): number {
  const k = Math.ceil(count * distance);
  const size = 2 * k - 1;
  const { matrix, exponent: powerExponent } = powerOf(
    startMatrix(k - count * distance, size),
    size,
    count,
  );
  let value = matrix[(k - 1) * size + (k - 1)] ?? 0;
  let exponent = powerExponent;
  for (let index = 1; index <= count; index += 1) {
    value = (value * index) / count;
    if (value < 1 / step) {
      value *= step;
      exponent -= 128;
    }
  }
  return Math.min(1, value * 2 ** exponent);
}

function startMatrix(h: number, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  const inverseFactorials = new Float64Array(size + 1).fill(1);
  for (let index = 1; index <= size; index += 1) {
    inverseFactorials[index] = (inverseFactorials[index - 1] ?? 1) / index;
  }
  for (let row = 0; row < size; row += 1) {
    for (let column = 1; column < size && column <= row + 1; column += 1) {
      matrix[row * size + column] = inverseFactorials[row - column + 1] ?? 0;
    }
  }
  for (let row = 0; row < size; row += 1) {
    const edge = (1 - h ** (row + 1)) * (inverseFactorials[row + 1] ?? 0);
    matrix[row * size] = edge;
    matrix[(size - 1) * size + (size - 1 - row)] = edge;
  }
  const corner = 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
  matrix[(size - 1) * size] = corner * (inverseFactorials[size] ?? 0);
  return matrix;
}

function powerOf(base: Float64Array, size: number, power: number): Scaled {
  let result: Scaled | undefined;
  let square: Scaled = { matrix: base, exponent: 0 };
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result === undefined ? square : product(result, square, size);
    if (left > 1) square = product(square, square, size);
  }
  return result ?? square;
}

function product(left: Scaled, right: Scaled, size: number): Scaled {
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let inner = 0; inner < size; inner += 1) {
      const factor = left.matrix[row * size + inner] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < size; column += 1) {
        const at = row * size + column;
        matrix[at] = (matrix[at] ?? 0) + factor * (right.matrix[inner * size + column] ?? 0);
      }
    }
  }
  const exponent = left.exponent + right.exponent;
  const centre = matrix[((size - 1) / 2) * (size + 1)] ?? 0;
  if (centre <= step) return { matrix, exponent };
  return { matrix: matrix.map((value) => value / step), exponent: exponent + 128 };
}
