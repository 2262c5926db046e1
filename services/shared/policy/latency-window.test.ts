import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationMs } from '../kernel/units.ts';
import { LatencyWindow } from './latency-window.ts';

function windowOf(latencies: readonly number[]): LatencyWindow {
  const window = new LatencyWindow(128, 0.99, durationMs(10));
  for (const latency of latencies) window.add(durationMs(latency));
  return window;
}

describe('LatencyWindow', () => {
  it('gives the guess until there are 64', () => {
    assert.equal(windowOf([]).value, 10);
    assert.equal(windowOf(Array.from({ length: 63 }, () => 1)).value, 10);
    assert.equal(windowOf(Array.from({ length: 64 }, () => 1)).value, 1);
  });

  it('gives the 99th percentile by nearest rank', () => {
    // 127 of 128 are 0.99 of them, rounded up: all but the largest.
    const latencies = Array.from({ length: 128 }, (_, index) => index);
    assert.equal(windowOf(latencies).value, 126);
  });

  it('forgets what is older than its size', () => {
    const old = Array.from({ length: 128 }, () => 1_000);
    assert.equal(windowOf([...old, ...old.map(() => 2)]).value, 2);
  });
});
