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
  probeMs: 1_000,
};

/** Plays windows of calls from a time on, each with so many of ten late, so many under way, and so many refused. */
function play(
  limit: ConcurrencyLimit,
  windows: readonly (readonly [number, number])[],
  pace: Pace = 'late',
  { refused = 0, startMs = 0 } = {},
): number[] {
  let now = startMs;
  if (now === 0) limit.add(monotonicMs(now), 'calm', 0);
  return windows.map(([late, underWay]) => {
    for (let call = 0; call < refused; call += 1) limit.refuse();
    for (let call = 1; call <= 10; call += 1) {
      limit.add(monotonicMs(now + call * 10), call <= late ? pace : 'calm', underWay);
    }
    now += 100;
    return limit.limit;
  });
}

describe('ConcurrencyLimit', () => {
  it('falls to four fifths of what was under way when too many were late six times, and never below its least', () => {
    const limit = new ConcurrencyLimit(options);
    assert.deepEqual(
      play(limit, [
        [5, 60],
        [5, 60],
        [5, 60],
        [5, 60],
        [5, 60],
        [5, 50],
        [5, 40],
        [5, 11],
      ]),
      [100, 100, 100, 100, 100, 40, 32, 10],
    );
  });
  it('falls the second time where calls were refused as well', () => {
    const late = [
      [5, 100],
      [5, 100],
    ] as const;
    assert.deepEqual(play(new ConcurrencyLimit(options), late, 'late', { refused: 1 }), [100, 80]);
  });
  it('falls at once to what ends in little more than a call takes without company, when most were late', () => {
    const limit = new ConcurrencyLimit({ ...options, initial: 1_000, max: 1_000, queueMs: 100 });
    // Ten calls in 100 ms, of which two are under way: a call takes 20 ms.
    const limits = play(limit, [[0, 2], ...Array.from({ length: 6 }, () => [9, 900] as const)]);
    assert.deepEqual(limits, [1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 11]);
  });
  it('falls as well where most are slow, though nobody is late, while others are refused', () => {
    const narrow = { ...options, queueMs: 100, probeMs: 100 };
    const slow = Array.from({ length: 3 }, () => [9, 100] as const);
    const windows = [[0, 2] as const, ...slow];
    assert.deepEqual(
      play(new ConcurrencyLimit(narrow), windows, 'slow', { refused: 1 }),
      [100, 100, 11, 10],
    );
    assert.deepEqual(
      play(new ConcurrencyLimit(narrow), windows, 'slow', { refused: 0 }),
      [100, 100, 100, 100],
    );
  });
  it('stays where it is while calls are slow and nobody is refused', () => {
    const limit = new ConcurrencyLimit(options);
    const slow = Array.from({ length: 3 }, () => [9, 100] as const);
    assert.deepEqual(play(limit, slow, 'slow'), [100, 100, 100]);
    assert.deepEqual(play(new ConcurrencyLimit(options), [[1, 100]], 'slow'), [105]);
  });
  it('takes five congested windows for a pause of the machine', () => {
    const limit = new ConcurrencyLimit(options);
    assert.deepEqual(
      play(limit, [...Array.from({ length: 5 }, () => [10, 50] as const), [0, 50], [10, 50]]),
      [100, 100, 100, 100, 100, 100, 100],
    );
  });
  it('goes back to where it began when nobody uses it', () => {
    const limit = new ConcurrencyLimit({ ...options, initial: 42 });
    assert.deepEqual(
      play(limit, [
        ...Array.from({ length: 6 }, () => [5, 30] as const),
        [0, 3],
        [0, 3],
        [0, 3],
      ]).slice(5),
      [24, 30, 38, 42],
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
  it('does not fall where no more were under way than may always be: calls of a cold process are late whatever the limit', () => {
    const cold = Array.from({ length: 5 }, () => [10, 10] as const);
    assert.deepEqual(play(new ConcurrencyLimit(options), cold), [100, 100, 100, 100, 100]);
  });
  it('goes back to where it began though calls are slow, where nobody uses it, and not while they are late', () => {
    const falling = Array.from({ length: 6 }, () => [9, 50] as const);
    const unused = Array.from({ length: 3 }, () => [9, 3] as const);
    const slow = new ConcurrencyLimit(options);
    play(slow, falling);
    assert.deepEqual(play(slow, unused, 'slow', { startMs: 600 }), [50, 63, 79]);
    const late = new ConcurrencyLimit(options);
    play(late, falling);
    assert.deepEqual(play(late, unused, 'late', { startMs: 600 }), [40, 40, 40]);
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
  it('is strained while calls are refused, and a window longer', () => {
    const limit = new ConcurrencyLimit(options);
    assert.equal(limit.isStrained, false);
    limit.refuse();
    assert.equal(limit.isStrained, true);
    play(limit, [[0, 3]]);
    assert.equal(limit.isStrained, true);
    play(limit, [[0, 3]], 'calm', { refused: 0, startMs: 1_000 });
    assert.equal(limit.isStrained, false);
  });
  it('lets more in for a moment where calls are refused, and is not strained by that', () => {
    const limit = new ConcurrencyLimit({ ...options, initial: 20, queueMs: 0, probeMs: 200 });
    const windows = Array.from({ length: 7 }, () => [5, 20] as const);
    // A call takes 165 ms in the first window, and ten end in 100.
    const limits = play(limit, windows, 'slow', { refused: 1 });
    assert.deepEqual(limits, [20, 20, 20, 20, 20, 36, 36]);
    limit.refuse();
    assert.equal(limit.isStrained, false);
    assert.deepEqual(play(limit, [[5, 20]], 'slow', { refused: 1, startMs: 700 }), [20]);
    assert.equal(limit.isStrained, true);
  });
  it('remembers through an overload what a call takes without company', () => {
    const limit = new ConcurrencyLimit({
      ...options,
      queueMs: 100,
      probeMs: 0,
      initial: 1_000,
      max: 1_000,
    });
    play(limit, [[0, 2]]);
    const crowded = Array.from({ length: 400 }, () => [0, 900] as const);
    play(limit, crowded, 'slow', { refused: 1, startMs: 100 });
    const late = Array.from({ length: 2 }, () => [9, 900] as const);
    assert.equal(play(limit, late, 'late', { refused: 1, startMs: 40_100 }).at(-1), 11);
  });
  it('takes a congested window before an idle time for no beginning of one after it', () => {
    const limit = new ConcurrencyLimit(options);
    play(limit, [[5, 100]], 'late', { refused: 1 });
    assert.deepEqual(play(limit, [[5, 100]], 'late', { refused: 1, startMs: 3_600_000 }), [100]);
  });
  it('decides nothing by a handful of calls', () => {
    const limit = new ConcurrencyLimit(options);
    for (let call = 0; call < 9; call += 1) limit.add(monotonicMs(call * 1_000), 'late', 50);
    assert.equal(limit.limit, 100);
  });
});
