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
  it('knows the longest turn of late', () => {
    const { watch, turn } = arrange();
    assert.equal(watch.lagMs, 0);
    turn(3);
    turn(20);
    turn(5);
    assert.equal(watch.lagMs, 20);
  });

  it('forgets a long turn after once to twice its window', () => {
    const { watch, turn, pass } = arrange();
    turn(30);
    pass(99);
    assert.equal(watch.lagMs, 30);
    pass(60);
    assert.equal(watch.lagMs, 30);
    pass(100);
    assert.equal(watch.lagMs, 0);
  });

  it('forgets all after a pause', () => {
    const { watch, turn, pass } = arrange();
    turn(30);
    pass(10_000);
    assert.equal(watch.lagMs, 0);
  });

  it('looks at the end of a turn once, however many calls come in it', () => {
    const { watch, ends } = arrange();
    for (let call = 0; call < 5; call += 1) watch.touch();
    assert.equal(ends.length, 1);
  });
});
