import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { LimitProbe } from './limit-probe.ts';

const windowMs = 100;

/**
 * Plays windows of a load against a limit of 60, which lets in 200 while there is a try, and gives the windows, by their number, after which the limit was another.
 * @param callers those who wait for an answer before they ask again; Infinity for an overload
 */
function play(probe: LimitProbe, callers: number, windows: number): readonly (readonly number[])[] {
  const changes: (readonly number[])[] = [];
  let limit = 60;
  for (let window = 1; window <= windows; window += 1) {
    const hasRefused = callers > limit;
    const next = probe.next(monotonicMs(window * windowMs), {
      limit,
      target: 200,
      hasRefused,
      isCongested: false,
    });
    if (next === undefined) continue;
    limit = next;
    changes.push([window, limit]);
  }
  return changes;
}

describe('LimitProbe', () => {
  it('keeps the limit within which all callers have come in', () => {
    const probe = new LimitProbe();
    assert.deepEqual(play(probe, 128, 100), [[6, 200]]);
    assert.equal(probe.isUnderWay, false);
  });

  it('goes back to the limit before where there is no end of them, and tries less and less often', () => {
    assert.deepEqual(play(new LimitProbe(), Number.POSITIVE_INFINITY, 200), [
      [6, 200],
      [8, 60],
      [18, 200],
      [20, 60],
      [40, 200],
      [42, 60],
      [82, 200],
      [84, 60],
      [124, 200],
      [126, 60],
      [166, 200],
      [168, 60],
    ]);
  });

  it('leaves a limit alone that refuses nobody', () => {
    assert.deepEqual(play(new LimitProbe(), 60, 100), []);
  });

  it('goes back at once where calls are late, and begins nothing then', () => {
    const probe = new LimitProbe();
    const window = { limit: 60, target: 200, hasRefused: true };
    const next = (atMs: number, isCongested: boolean) =>
      probe.next(monotonicMs(atMs), { ...window, isCongested });
    assert.equal(next(0, false), undefined);
    assert.equal(next(500, true), undefined);
    assert.equal(next(600, false), 200);
    assert.equal(probe.isUnderWay, true);
    assert.equal(next(700, true), 60);
    assert.equal(probe.isUnderWay, false);
  });

  it('waits anew when the limit has fallen', () => {
    const probe = new LimitProbe();
    const window = { limit: 60, target: 200, hasRefused: true, isCongested: false };
    assert.equal(probe.next(monotonicMs(0), window), undefined);
    probe.postpone(monotonicMs(400));
    assert.equal(probe.next(monotonicMs(800), window), undefined);
    assert.equal(probe.next(monotonicMs(900), window), 200);
  });

  it('tries less often too where a try seemed to do, and calls are refused again within a second', () => {
    const probe = new LimitProbe();
    const next = (atMs: number, limit: number, hasRefused: boolean) =>
      probe.next(monotonicMs(atMs), { limit, target: 200, hasRefused, isCongested: false });
    next(0, 60, true);
    assert.equal(next(500, 60, true), 200);
    assert.equal(next(600, 200, false), undefined);
    assert.equal(probe.isUnderWay, false);
    assert.equal(next(700, 60, true), undefined);
    assert.equal(next(1_300, 60, true), undefined);
    assert.equal(next(1_700, 60, true), 200);
  });

  it('tries nothing that is no more than the limit', () => {
    const probe = new LimitProbe();
    const window = { limit: 60, target: 60, hasRefused: true, isCongested: false };
    assert.equal(probe.next(monotonicMs(0), window), undefined);
    assert.equal(probe.next(monotonicMs(9_000), window), undefined);
    assert.equal(probe.isUnderWay, false);
  });

  it('begins anew when nobody was refused for a second', () => {
    const probe = new LimitProbe();
    play(probe, Number.POSITIVE_INFINITY, 20);
    const window = { limit: 60, target: 200, isCongested: false };
    const next = (atMs: number, hasRefused: boolean) =>
      probe.next(monotonicMs(atMs), { ...window, hasRefused });
    assert.equal(next(2_900, true), undefined);
    assert.equal(next(3_900, true), undefined);
    assert.equal(next(4_300, true), undefined);
    assert.equal(next(4_400, true), 200);
  });
});
