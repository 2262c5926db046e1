import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { TurnWatch } from './turn-watch.ts';

function arrange() {
  let now = 1_000;
  const ends: (() => void)[] = [];
  const watch = new TurnWatch({ monotonic: () => monotonicMs(now) }, (end) => ends.push(end));
  return {
    watch,
    ends,
    pass: (ms: number) => {
      now += ms;
    },
    turn(ms: number) {
      watch.touch();
      now += ms;
      for (const end of ends.splice(0)) end();
    },
  };
}

describe('TurnWatch', () => {
  it('knows the shortest of the last three turns', () => {
    const { watch, turn } = arrange();
    assert.equal(watch.lagMs, 0);
    turn(30);
    turn(20);
    assert.equal(watch.lagMs, 0);
    turn(25);
    assert.equal(watch.lagMs, 20);
    turn(40);
    assert.equal(watch.lagMs, 20);
    turn(50);
    assert.equal(watch.lagMs, 25);
  });

  it('takes one long turn among short ones for a pause', () => {
    const { watch, turn } = arrange();
    for (const ms of [2, 150, 3, 2, 120, 2]) turn(ms);
    assert.equal(watch.lagMs, 2);
  });

  it('forgets all when no turn came for a while', () => {
    const { watch, turn, pass } = arrange();
    for (const ms of [30, 30, 30]) turn(ms);
    pass(200);
    assert.equal(watch.lagMs, 30);
    pass(1);
    assert.equal(watch.lagMs, 0);
    turn(300);
    assert.equal(watch.lagMs, 0);
  });

  it('looks at the end of a turn once, however many calls come in it', () => {
    const { watch, ends } = arrange();
    for (let call = 0; call < 5; call += 1) watch.touch();
    assert.equal(ends.length, 1);
  });
});
