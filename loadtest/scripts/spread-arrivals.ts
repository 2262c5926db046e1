/** Longest that an iteration waits for its turn, ms. */
const spreadMs = 500;

/**
 * Gives how long the n-th iteration (from 0) of a constant rate waits before it calls, 0 to 500 ms, so that calls come as callers do who
 * know nothing of each other. Evenly spaced points, each moved by chance over many times their distance, are a Poisson process on shorter stretches.
 * The same n gives the same wait, so that two runs get the same load.
 * @source Cox and Isham, Point Processes (1980), 4.3: random displacement
 */
export function waitOf(n: number): number {
  return (scrambled(n) / 2 ** 32) * spreadMs;
}

/** @source the finalizer of MurmurHash3, twice, since whole numbers in a row differ in few bits. */
function scrambled(n: number): number {
  return mixed(mixed(n + 1));
}

function mixed(n: number): number {
  const first = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
