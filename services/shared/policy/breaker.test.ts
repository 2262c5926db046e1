import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../kernel/units.ts';
import { Breaker } from './breaker.ts';

const at = monotonicMs;
const options = {
  windowCalls: 10,
  callsMin: 4,
  failureRateMax: 0.5,
  lastingMs: 0,
  openMs: 100,
  openMsMax: 300,
};

/** Gives a breaker that opened at 0. */
function opened(): Breaker {
  const breaker = new Breaker(options);
  for (let call = 0; call < 4; call += 1) breaker.record(at(0), 'failure', false);
  assert.equal(breaker.state, 'open');
  return breaker;
}

describe('breaker', () => {
  it('stays closed below its least number of calls and below its rate', () => {
    const breaker = new Breaker(options);
    for (let call = 0; call < 3; call += 1) breaker.record(at(0), 'failure', false);
    assert.equal(breaker.state, 'closed');
    const mixed = new Breaker(options);
    for (let call = 0; call < 30; call += 1) {
      mixed.record(at(0), call % 3 === 2 ? 'failure' : 'success', false);
    }
    assert.equal(mixed.state, 'closed');
    assert.deepEqual(mixed.admit(at(0)), { isAdmitted: true, isProbe: false });
  });

  it('forgets what left the window', () => {
    const breaker = new Breaker(options);
    for (let call = 0; call < 4; call += 1) breaker.record(at(0), 'success', false);
    for (let call = 0; call < 3; call += 1) breaker.record(at(0), 'failure', false);
    for (let call = 0; call < 10; call += 1) breaker.record(at(0), 'success', false);
    for (let call = 0; call < 4; call += 1) breaker.record(at(0), 'failure', false);
    assert.equal(breaker.state, 'closed');
    breaker.record(at(0), 'failure', false);
    assert.equal(breaker.state, 'open');
  });

  it('opens when failures have lasted, and not for all that a pause has failed at once', () => {
    const paused = new Breaker({ ...options, lastingMs: 50 });
    for (let call = 0; call < 100; call += 1) paused.record(at(0), 'failure', false);
    for (let call = 0; call < 6; call += 1) paused.record(at(20), 'success', false);
    for (let call = 0; call < 100; call += 1) paused.record(at(60), 'failure', false);
    assert.equal(paused.state, 'closed');
    paused.record(at(109), 'failure', false);
    assert.equal(paused.state, 'closed');
    paused.record(at(110), 'failure', false);
    assert.equal(paused.state, 'open');
  });

  it('refuses while it is open, and says for how long', () => {
    assert.deepEqual(opened().admit(at(40)), { isAdmitted: false, retryAfterMs: 60 });
  });

  it('lets one probe through when the time is over, and closes when it succeeds', () => {
    const breaker = opened();
    assert.deepEqual(breaker.admit(at(100)), { isAdmitted: true, isProbe: true });
    assert.equal(breaker.state, 'half-open');
    assert.equal(breaker.admit(at(100)).isAdmitted, false);
    breaker.record(at(110), 'failure', false); // was under way when it opened
    assert.equal(breaker.state, 'half-open');
    breaker.record(at(120), 'success', true);
    assert.equal(breaker.state, 'closed');
    breaker.record(at(121), 'failure', false);
    assert.equal(breaker.state, 'closed');
  });

  it('opens for twice the time with each failed probe, up to a limit', () => {
    const breaker = opened();
    const waits: number[] = [];
    let now = 100;
    for (let probe = 0; probe < 3; probe += 1) {
      assert.equal(breaker.admit(at(now)).isAdmitted, true);
      breaker.record(at(now), 'failure', true);
      const answer = breaker.admit(at(now));
      assert.ok(!answer.isAdmitted);
      waits.push(answer.retryAfterMs);
      now += answer.retryAfterMs;
    }
    assert.deepEqual(waits, [200, 300, 300]);
  });

  it('takes another probe when the first said nothing', () => {
    const breaker = opened();
    breaker.admit(at(100));
    breaker.release(true);
    assert.equal(breaker.admit(at(101)).isAdmitted, true);
  });
});
