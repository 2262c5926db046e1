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
  it('calls slow what took a quarter of the budget longer than the fastest, and late what took most of it', () => {
    const judge = new PaceJudge({ lagMs: 0 });
    assert.deepEqual(pacesOf(judge, [20, 4, 16, 16.6, 40, 40.1]), [
      'calm',
      'calm',
      'calm',
      'slow',
      'slow',
      'late',
    ]);
  });

  it('knows what each model takes by itself, and forgets it', () => {
    const judge = new PaceJudge({ lagMs: 0 });
    const heavy = { ...contract, model: 'heavy' };
    const asked = { skippedReason: undefined, budgetMs: 50 };
    const paceOf = (of: typeof contract, second: number, totalMs: number) =>
      judge.paceOf(of, { ...asked, endedAt: monotonicMs(second * 1_000), totalMs });
    assert.equal(paceOf(contract, 0, 2), 'calm');
    assert.equal(paceOf(heavy, 0, 30), 'calm');
    assert.equal(paceOf(contract, 1, 30), 'slow');
    assert.equal(paceOf(contract, 30, 30), 'calm');
  });

  it('counts what a request waited before it was read', () => {
    assert.deepEqual(pacesOf(new PaceJudge({ lagMs: 30 }), [5, 11]), ['calm', 'late']);
  });

  it('calls late what lost a tier for want of time, and not what a caller had no time for or a breaker spared', () => {
    const judge = new PaceJudge({ lagMs: 0 });
    const paceOf = (skippedReason: Reason, budgetMs: number) =>
      judge.paceOf(contract, { endedAt: monotonicMs(0), totalMs: 52, skippedReason, budgetMs });
    assert.equal(paceOf('DEADLINE_PASSED', 50), 'late');
    assert.equal(paceOf('DEADLINE_PASSED', 5), 'calm');
    assert.equal(paceOf('PEER_UNAVAILABLE', 50), 'calm');
  });
});
