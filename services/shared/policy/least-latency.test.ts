import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { LeastLatency } from './least-latency.ts';

/** Gives the least after each latency, which is given with its time. */
function leastAfter(seen: readonly (readonly [number, number])[]): number[] {
  const least = new LeastLatency(100);
  return seen.map(([now, latencyMs]) => {
    least.add(monotonicMs(now), latencyMs);
    return least.ms;
  });
}

describe('LeastLatency', () => {
  it('knows nothing before there is one', () => {
    assert.equal(new LeastLatency(100).ms, Number.POSITIVE_INFINITY);
  });
  it('is the least of this period and the one before', () => {
    const seen = [
      [0, 9],
      [50, 4],
      [90, 7],
      [100, 8],
      [199, 6],
      [200, 9],
    ] as const;
    assert.deepEqual(leastAfter(seen), [9, 4, 4, 4, 4, 6]);
  });
  it('forgets what is older than two periods', () => {
    assert.deepEqual(
      leastAfter([
        [0, 4],
        [250, 9],
      ]),
      [4, 9],
    );
  });
});
