import assert from 'node:assert/strict';

/** A list of counters: as plain data, or as they are counted. */
export type CountList = ArrayLike<number>;

// Loops over indexes: to spread a typed array, or to map an array, takes ten to fifty times as long, and the thousands of counters of each open minute are read every five seconds.

/** Gives a copy of counters as plain data. O(counters). */
export function plainCounts(counters: Int32Array | Uint32Array): readonly number[] {
  const plain = new Array<number>(counters.length);
  for (let index = 0; index < counters.length; index += 1) plain[index] = counters[index] ?? 0;
  return plain;
}

/** Adds two lists of counts, place by place. O(counts). */
export function addCounts(left: readonly number[], right: readonly number[]): readonly number[] {
  assert.equal(left.length, right.length, 'wanted counts over the same bins');
  const sums = new Array<number>(left.length);
  for (let index = 0; index < left.length; index += 1) {
    sums[index] = (left[index] ?? 0) + (right[index] ?? 0);
  }
  return sums;
}
