/** A vector as it was served: values as float64 little-endian, a status byte each. */
export interface ServedVector {
  readonly values: Uint8Array;
  readonly statuses: Uint8Array;
}

/**
 * Gives the first column in which two vectors differ in any bit of value or status; undefined when they are equal. Vectors of different size
 * differ in the first column that one lacks.
 */
export function firstDifference(
  served: ServedVector,
  recomputed: ServedVector,
): number | undefined {
  const columns = Math.max(served.statuses.length, recomputed.statuses.length);
  for (let column = 0; column < columns; column += 1) {
    if (served.statuses[column] !== recomputed.statuses[column]) return column;
    for (let byte = column * 8; byte < column * 8 + 8; byte += 1) {
      if (served.values[byte] !== recomputed.values[byte]) return column;
    }
  }
  return undefined;
}
