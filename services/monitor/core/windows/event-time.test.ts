import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventTime } from './event-time.ts';

describe('EventTime', () => {
  it('is the median of the last predictions: a few that name next year move nothing', () => {
    const time = new EventTime();
    assert.equal(time.nowMs(), 0);
    for (let atMs = 1; atMs <= 100; atMs += 1) time.add(atMs);
    assert.equal(time.nowMs(), 85);
    for (let count = 0; count < 10; count += 1) time.add(1e12);
    assert.ok(time.nowMs() <= 100, `${time.nowMs()}`);
    for (let atMs = 101; atMs <= 200; atMs += 1) time.add(atMs);
    assert.equal(time.nowMs(), 185);
  });

  it('takes the earlier of two', () => {
    const time = new EventTime();
    time.add(10);
    time.add(1e12);
    assert.equal(time.nowMs(), 10);
  });
});
