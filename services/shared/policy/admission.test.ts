import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { Admission, type CallPriority, type Place } from './admission.ts';

function arrange(limit: number) {
  const admission = new Admission({
    initial: limit,
    min: 1,
    max: limit,
    windowMs: 100,
    callsMin: 1_000,
    shareMax: 0.1,
    queueMs: 8,
    probeMs: 20,
    waitMsMax: 15,
  });
  const log: string[] = [];
  const places: Place[] = [];
  const enter = (name: string, priority: CallPriority = 'normal') =>
    admission.enter(
      {
        onAdmitted(place) {
          places.push(place);
          log.push(`${name} in`);
        },
        onRefused: (ms) => log.push(`${name} refused for ${ms} ms`),
      },
      priority,
    );
  const leave = () => places.shift()?.leave(monotonicMs(0), 'calm');
  return { admission, log, enter, leave };
}

describe('Admission', () => {
  it('lets in up to the limit, has as many wait, and refuses the rest at once', () => {
    const { log, enter, leave, admission } = arrange(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name);
    assert.deepEqual(log, ['a in', 'b in', 'e refused for 50 ms']);
    assert.equal(admission.waiting, 2);
    leave();
    assert.deepEqual(log.slice(3), ['c in']);
    leave();
    leave();
    leave();
    assert.deepEqual(log.slice(4), ['d in']);
    assert.equal(admission.underWay, 0);
  });
  it('lets high priority in first, which takes the place of the oldest normal one in a full queue', () => {
    const { log, enter, leave } = arrange(2);
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    enter('h', 'high');
    assert.deepEqual(log.slice(2), ['c refused for 50 ms']);
    leave();
    assert.deepEqual(log.slice(3), ['h in']);
    leave();
    assert.deepEqual(log.slice(4), ['d in']);
  });
  it('refuses high priority too when all that wait are of high priority', () => {
    const { log, enter } = arrange(1);
    enter('a');
    enter('h', 'high');
    enter('i', 'high');
    assert.deepEqual(log, ['a in', 'i refused for 50 ms']);
  });
  it('keeps the last quarter from low priority, which never waits', () => {
    const { log, enter } = arrange(4);
    for (const name of ['a', 'b', 'c']) enter(name, 'low');
    enter('d', 'low');
    enter('e');
    assert.deepEqual(log, ['a in', 'b in', 'c in', 'd refused for 50 ms', 'e in']);
  });
  it('has no room for optional work above three fifths of the limit', () => {
    const { enter, admission } = arrange(5);
    for (const name of ['a', 'b', 'c']) enter(name);
    assert.equal(admission.hasRoomToSpare, true);
    enter('d');
    assert.equal(admission.hasRoomToSpare, false);
  });
  it('takes a place back once, however often it is left', () => {
    const { admission } = arrange(2);
    let place: Place | undefined;
    admission.enter(
      { onAdmitted: (given) => (place = given), onRefused: () => assert.fail() },
      'normal',
    );
    for (let time = 0; time < 3; time += 1) place?.leave(monotonicMs(0), 'calm');
    assert.equal(admission.underWay, 0);
  });
  it('lets in a thousand that end at once without ever nesting', () => {
    const { admission } = arrange(1_000);
    let depth = 0;
    let deepest = 0;
    let ended = 0;
    const held: Place[] = [];
    for (let call = 0; call < 1_000; call += 1) {
      const holder = {
        onAdmitted: (place: Place) => held.push(place),
        onRefused: () => assert.fail(),
      };
      admission.enter(holder, 'normal');
    }
    for (let call = 0; call < 1_000; call += 1) {
      admission.enter(
        {
          onAdmitted(place) {
            depth += 1;
            deepest = Math.max(deepest, depth);
            ended += 1;
            place.leave(monotonicMs(0), 'calm');
            depth -= 1;
          },
          onRefused: () => assert.fail(),
        },
        'normal',
      );
    }
    held[0]?.leave(monotonicMs(0), 'calm');
    assert.deepEqual([ended, deepest], [1_000, 1]);
  });
});
