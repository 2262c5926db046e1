import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { constantArrivals } from './arrival-schedule.ts';
import { runArrivals } from './run-arrivals.ts';
import { UserPool } from './user-pool.ts';

const never = new AbortController().signal;

describe('runArrivals', () => {
  it('starts each iteration at its time, and ends with the schedule', async () => {
    const clock = new ManualClock();
    const schedule = constantArrivals({ rate: 4, timeUnitMs: 1_000, durationMs: 1_000 });
    const starts: (readonly number[])[] = [];
    const start = (intendedMs: number) => void starts.push([intendedMs, clock.monotonic()]);
    let isOver = false;
    const run = runArrivals(schedule, { start }, clock, never).then(() => {
      isOver = true;
    });
    for (let ms = 0; ms < 1_000; ms += 50) {
      assert.ok(!isOver);
      await clock.advance(50);
    }
    await run;
    assert.deepEqual(starts, [
      [0, 0],
      [250, 250],
      [500, 500],
      [750, 750],
    ]);
  });

  it('catches up with all that was due while the process stood still, each with its own intended time', async () => {
    const clock = new ManualClock();
    const schedule = constantArrivals({ rate: 100, timeUnitMs: 1_000, durationMs: 2_000 });
    const lateMs: number[] = [];
    const start = (intendedMs: number) => void lateMs.push(clock.monotonic() - intendedMs);
    const run = runArrivals(schedule, { start }, clock, never);
    await clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await clock.advance(0);
    assert.equal(lateMs.length, 101);
    assert.deepEqual([lateMs[0], lateMs[1], lateMs[50], lateMs[100]], [0, 990, 500, 0]);
    await clock.advance(1_000);
    for (let turns = 0; turns < 5; turns += 1) await clock.advance(0);
    await run;
    assert.equal(lateMs.length, 200);
  });

  it('starts nothing more once it is told to stop', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const schedule = constantArrivals({ rate: 10, timeUnitMs: 1_000, durationMs: 60_000 });
    const starts: number[] = [];
    const start = (intendedMs: number) => void starts.push(intendedMs);
    const run = runArrivals(schedule, { start }, clock, stop.signal);
    await clock.advance(0);
    stop.abort();
    await run;
    assert.deepEqual(starts, [0]);
  });
});

describe('UserPool', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('gives what is free, and the one that was used last first', () => {
    let made = 0;
    const pool = new UserPool(() => ++made, 2, 2);
    assert.deepEqual([pool.take(), pool.take(), pool.take()], [2, 1, undefined]);
    pool.giveBack(1);
    pool.giveBack(2);
    assert.equal(pool.take(), 2);
    assert.deepEqual([pool.busy, pool.count], [1, 2]);
  });

  it('makes one more beside the schedule when none is free, up to its limit', async () => {
    let made = 0;
    const pool = new UserPool(() => ++made, 0, 2);
    assert.deepEqual([pool.take(), pool.take()], [undefined, undefined]);
    await turn();
    assert.equal(pool.count, 1);
    assert.equal(pool.take(), 1);
    assert.equal(pool.take(), undefined);
    await turn();
    assert.equal(pool.take(), 2);
    assert.equal(pool.take(), undefined);
    await turn();
    assert.deepEqual([pool.count, made], [2, 2]);
  });
});
