import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentLatencies } from './recent-latencies.ts';

describe('RecentLatencies', () => {
  it('is zero of nothing', () => {
    const none = { perSecond: 0, p50Ms: 0, p99Ms: 0, degradedShare: 0, answers: 0 };
    assert.deepEqual(new RecentLatencies().figures(5), none);
  });
  it('gives the rate of 5 s and the quantiles of a minute', () => {
    const recent = new RecentLatencies();
    recent.add(0, 1_000, true); // older than a minute when asked
    for (let index = 1; index <= 100; index += 1)
      recent.add(60_000 + index * 100, index, index <= 25);
    const figures = recent.figures(70_000);
    assert.equal(figures.answers, 100);
    assert.equal(figures.p50Ms, 50);
    assert.equal(figures.p99Ms, 99);
    assert.equal(figures.degradedShare, 0.25);
    assert.equal(figures.perSecond, 51 / 5);
  });
  it('remembers the last answers when there are more than it holds', () => {
    const recent = new RecentLatencies();
    for (let index = 0; index < 70_000; index += 1)
      recent.add(index / 10, index < 10_000 ? 9 : 1, false);
    assert.equal(recent.figures(7_000).answers, 65_536);
  });
});
