import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servingPolicy } from '../../../test/support/serving-policy.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { PaceJudge } from './overload.ts';

const contract = { model: 'm', policy: servingPolicy };

/** Judges requests that took so many ms, one a second. */
function pacesOf(judge: PaceJudge, tookMs: readonly number[]): string[] {
  return tookMs.map((totalMs, second) =>
    judge.paceOf(contract, {
      endedAt: monotonicMs(second * 1_000),
      totalMs,
      skippedReason: undefined,
      budgetMs: 50,
    }),
  );
}

describe('PaceJudge', () => {
  it('calls slow what took an eighth of the budget longer than the fastest, and late what took most of it', () => {
    const judge = new PaceJudge({ lagMs: 0 }, { isStrained: false });
    assert.deepEqual(pacesOf(judge, [20, 4, 9.9, 10.1, 40, 40.1]), [
      'calm',
      'calm',
      'calm',
      'slow',
      'slow',
      'late',
    ]);
  });

  it('knows what each model takes by itself, and forgets it', () => {
    const judge = new PaceJudge({ lagMs: 0 }, { isStrained: false });
    const heavy = { ...contract, model: 'heavy' };
    const asked = { skippedReason: undefined, budgetMs: 50 };
    const paceOf = (of: typeof contract, second: number, totalMs: number) =>
      judge.paceOf(of, { ...asked, endedAt: monotonicMs(second * 1_000), totalMs });
    assert.equal(paceOf(contract, 0, 2), 'calm');
    assert.equal(paceOf(heavy, 0, 30), 'calm');
    assert.equal(paceOf(contract, 1, 30), 'slow');
    assert.equal(paceOf(contract, 30, 30), 'calm');
  });

  it('forgets nothing while there is too much load, since no request is by itself then', () => {
    const admission = { isStrained: false };
    const judge = new PaceJudge({ lagMs: 0 }, admission);
    const paceAt = (second: number, totalMs: number) =>
      judge.paceOf(contract, {
        endedAt: monotonicMs(second * 1_000),
        totalMs,
        skippedReason: undefined,
        budgetMs: 50,
      });
    assert.equal(paceAt(0, 4), 'calm');
    admission.isStrained = true;
    for (let second = 1; second < 60; second += 1) assert.equal(paceAt(second, 30), 'slow');
    admission.isStrained = false;
    assert.equal(paceAt(60, 30), 'calm');
  });

  it('counts what a request waited before it was read', () => {
    assert.deepEqual(pacesOf(new PaceJudge({ lagMs: 30 }, { isStrained: false }), [5, 11]), [
      'calm',
      'late',
    ]);
  });

  it('calls late what lost a tier for want of time, and not what a caller had no time for or a breaker spared', () => {
    const judge = new PaceJudge({ lagMs: 0 }, { isStrained: false });
    const paceOf = (skippedReason: Reason, budgetMs: number) =>
      judge.paceOf(contract, { endedAt: monotonicMs(0), totalMs: 52, skippedReason, budgetMs });
    assert.equal(paceOf('DEADLINE_PASSED', 50), 'late');
    assert.equal(paceOf('DEADLINE_PASSED', 5), 'calm');
    assert.equal(paceOf('PEER_UNAVAILABLE', 50), 'calm');
  });
});
