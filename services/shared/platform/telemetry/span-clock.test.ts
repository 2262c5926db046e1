import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../kernel/units.ts';
import { SpanClock } from './span-clock.ts';

describe('SpanClock', () => {
  it('keeps the fraction of a monotonic reading', () => {
    assert.equal(
      new SpanClock(
        1_000,
        () => 0,
        () => 1_000,
      ).epochOf(monotonicMs(0.25)),
      1_000.25,
    );
  });

  it('follows a wall clock that was set, and not one that jitters', () => {
    let wallMs = 1_001;
    const clock = new SpanClock(
      1_000,
      () => 0,
      () => wallMs,
    );
    clock.adjust();
    assert.equal(clock.epochOf(monotonicMs(0)), 1_000);
    wallMs = 5_000;
    clock.adjust();
    assert.equal(clock.epochOf(monotonicMs(0)), 5_000);
  });
});
