import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { ConcurrencyLimit, type Pace } from './concurrency-limit.ts';

const options = {
  initial: 100,
  min: 10,
  max: 120,
  windowMs: 100,
  callsMin: 10,
  shareMax: 0.1,
  queueMs: 1_000,
};

/** Plays windows of calls, each with so many of ten late, and so many under way. */
function play(
  limit: ConcurrencyLimit,
  windows: readonly (readonly [number, number])[],
  pace: Pace = 'late',
): number[] {
  let now = 0;
  limit.add(monotonicMs(now), 'calm', 0);
  return windows.map(([late, underWay]) => {
    for (let call = 1; call <= 10; call += 1) {
      limit.add(monotonicMs(now + call * 10), call <= late ? pace : 'calm', underWay);
    }
    now += 100;
    return limit.limit;
  });
}

describe('ConcurrencyLimit', () => {
  it('falls to four fifths of what was under way when too many were congested twice, and never below its least', () => {
    const limit = new ConcurrencyLimit(options);
    assert.deepEqual(
      play(limit, [
        [5, 60],
        [5, 50],
        [5, 40],
        [5, 11],
      ]),
      [100, 40, 32, 10],
    );
  });
  it('falls at once to what ends in little more than a call takes without company, when most were late', () => {
    const limit = new ConcurrencyLimit({ ...options, initial: 1_000, max: 1_000, queueMs: 100 });
    // Ten calls in 100 ms, of which two are under way: a call takes 20 ms.
    const limits = play(limit, [
      [0, 2],
      [9, 900],
      [9, 900],
    ]);
    assert.deepEqual(limits, [1_000, 1_000, 11]);
  });
  it('stays where it is while calls are slow', () => {
    const limit = new ConcurrencyLimit(options);
    const slow = Array.from({ length: 3 }, () => [9, 100] as const);
    assert.deepEqual(play(limit, slow, 'slow'), [100, 100, 100]);
    assert.deepEqual(play(new ConcurrencyLimit(options), [[1, 100]], 'slow'), [105]);
  });
  it('takes one congested window for a pause of the machine', () => {
    const limit = new ConcurrencyLimit(options);
    assert.deepEqual(
      play(limit, [
        [10, 50],
        [0, 50],
        [10, 50],
      ]),
      [100, 100, 100],
    );
  });
  it('goes back to where it began when nobody uses it', () => {
    const limit = new ConcurrencyLimit({ ...options, initial: 42 });
    assert.deepEqual(
      play(limit, [
        [5, 50],
        [5, 50],
        [0, 3],
        [0, 3],
        [0, 3],
        [0, 3],
      ]),
      [42, 33, 35, 37, 39, 41],
    );
  });
  it('takes a tenth of congested calls for chance', () => {
    assert.deepEqual(play(new ConcurrencyLimit(options), [[1, 50]]), [100]);
  });
  it('rises while it is used, and never above its most', () => {
    const used = play(new ConcurrencyLimit(options), [
      [0, 90],
      [0, 90],
      [0, 105],
      [0, 115],
    ]);
    assert.deepEqual(used, [105, 111, 117, 120]);
  });
  it('does not rise by what nobody uses', () => {
    assert.deepEqual(play(new ConcurrencyLimit(options), [[0, 70]]), [100]);
  });
  it('knows the pace of the last window', () => {
    const limit = new ConcurrencyLimit(options);
    assert.equal(limit.perMs, 0);
    play(limit, [[0, 10]]);
    assert.ok(Math.abs(limit.perMs - 0.11) < 1e-9, `${limit.perMs}`);
  });
  it('decides nothing by a handful of calls', () => {
    const limit = new ConcurrencyLimit(options);
    for (let call = 0; call < 9; call += 1) limit.add(monotonicMs(call * 1_000), 'late', 50);
    assert.equal(limit.limit, 100);
  });
});
