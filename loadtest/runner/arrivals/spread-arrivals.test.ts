import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitOf } from '../../scripts/spread-arrivals.ts';
import { constantArrivals } from './arrival-schedule.ts';

/** Gaps between calls of a constant rate, ms, spread or as they are scheduled. */
function gapsOf(rate: number, isSpread: boolean): readonly number[] {
  const schedule = constantArrivals({ rate, timeUnitMs: 1_000, durationMs: 60_000 });
  const at = [...schedule.arrivals()].map((ms, n) => ms + (isSpread ? waitOf(n) : 0));
  // At both ends calls are still, or already, missing.
  const times = Float64Array.from(at.filter((ms) => ms >= 500 && ms < 60_000)).sort();
  return [...times].slice(1).map((ms, index) => ms - (times[index] ?? 0));
}

/** Greatest distance between the shares of gaps below each length and those of an exponential distribution of the same mean. */
function distanceToExponential(gaps: readonly number[]): number {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.max(
    ...[...Float64Array.from(gaps).sort()].map((gap, index) =>
      Math.abs((index + 1) / gaps.length - (1 - Math.exp(-gap / mean))),
    ),
  );
}

describe('waitOf', () => {
  it('makes the gaps of a constant rate those of a Poisson process', () => {
    for (const rate of [50, 200, 1_000]) {
      const gaps = gapsOf(rate, true);
      // Kolmogorov and Smirnov at 1 %: 1.63 / sqrt(n), and something for what the lattice leaves at low rates.
      const distanceMax = 1.63 / Math.sqrt(gaps.length) + 0.5 / rate;
      assert.ok(
        distanceToExponential(gaps) < distanceMax,
        `${rate}/s: ${distanceToExponential(gaps)}`,
      );
      assert.ok(distanceToExponential(gapsOf(rate, false)) > 0.5);
    }
  });
  it('stays within half a second and gives the same again', () => {
    const waits = Array.from({ length: 10_000 }, (_, n) => waitOf(n));
    assert.ok(waits.every((ms) => ms >= 0 && ms < 500));
    assert.deepEqual(waits.slice(0, 3), [waitOf(0), waitOf(1), waitOf(2)]);
    assert.equal(new Set(waits).size, waits.length);
  });
});
