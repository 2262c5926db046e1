import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { promotedBytes } from '../../../../test/support/promoted-bytes.ts';
import { monotonicMs } from '../../kernel/units.ts';
import { systemTimers, TimerSet } from './system-timers.ts';

/** Timers whose time the test moves. */
function stage() {
  let now = 0;
  let alarms = 0;
  let alarm: { readonly action: () => void; readonly at: number } | undefined;
  const timers = new TimerSet(
    () => monotonicMs(now),
    (action, delayMs) => {
      const mine = { action, at: now + delayMs };
      alarm = mine;
      alarms += 1;
      return () => {
        if (alarm === mine) alarm = undefined;
      };
    },
  );
  const moveTo = (until: number): void => {
    while (alarm !== undefined && alarm.at <= until) {
      const { action, at } = alarm;
      now = at;
      alarm = undefined;
      action();
    }
    now = until;
  };
  return { timers, moveTo, alarms: () => alarms };
}

describe('TimerSet', () => {
  it('calls each action once, at its time and not before, in their order, but for those that were cancelled', () => {
    const waits = fc.array(fc.tuple(fc.nat(80), fc.boolean()), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(waits, (given) => {
        const { timers, moveTo } = stage();
        const called: number[] = [];
        const set = given.map(([delayMs]) => timers.after(delayMs, () => called.push(delayMs)));
        for (const [at, [, isCancelled]] of given.entries()) {
          if (isCancelled) timers.cancel(set[at]);
        }
        const left = given.filter(([, isCancelled]) => !isCancelled).map(([delayMs]) => delayMs);
        left.sort((one, other) => one - other);
        moveTo(40);
        assert.deepEqual(
          called,
          left.filter((delayMs) => delayMs <= 40),
        );
        moveTo(100);
        assert.deepEqual(called, left);
        assert.equal(timers.size, 0);
      }),
    );
  });

  it('sets an alarm for the earliest alone', () => {
    const { timers, alarms } = stage();
    for (const delayMs of [50, 60, 55, 70]) timers.after(delayMs, () => undefined);
    assert.equal(alarms(), 1);
    timers.after(10, () => undefined);
    assert.equal(alarms(), 2);
  });

  it('lets an action set and cancel others, and goes on where one throws', () => {
    const { timers, moveTo } = stage();
    const called: string[] = [];
    timers.after(5, () => {
      called.push('first');
      timers.cancel(second);
      timers.after(5, () => called.push('third'));
    });
    const second = timers.after(5, () => called.push('second'));
    timers.after(6, () => {
      throw new Error('planned');
    });
    timers.after(6, () => called.push('beside'));
    moveTo(5);
    assert.throws(() => moveTo(6), /planned/);
    moveTo(20);
    assert.deepEqual(called, ['first', 'beside', 'third']);
  });

  it('takes nothing for a timer that is none', () => {
    const { timers } = stage();
    timers.cancel(undefined);
    timers.cancel({ seat: 0 });
    assert.equal(timers.size, 0);
  });
});

describe('systemTimers', () => {
  it('goes off', async () => {
    const called: string[] = [];
    systemTimers.after(20, () => called.push('late'));
    systemTimers.after(1, () => called.push('soon'));
    systemTimers.cancel(systemTimers.after(5, () => called.push('never')));
    for (let looks = 0; called.length < 2 && looks < 500; looks += 1) await delay(10);
    assert.deepEqual(called, ['soon', 'late']);
  });

  it('keeps nothing alive that was cancelled', async () => {
    const underWay: unknown[] = [];
    const bytes = await promotedBytes((load) => {
      underWay.push(systemTimers.after(50 + Math.random(), () => load.length));
      if (underWay.length > 8) systemTimers.cancel(underWay.shift());
    });
    for (const timer of underWay) systemTimers.cancel(timer);
    assert.ok(bytes < 2_000_000, `${bytes} bytes outlived their time`);
  });
});
