import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Random } from '../../../shared/kernel/clock.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { alertRuleOf } from '../alert-catalogue.ts';
import type { MeanEstimate } from '../statistics/confidence-sequence.ts';
import { rateRatioStart } from '../statistics/rate-ratio-sequence.ts';
import { type BusinessEvidence, businessHarmPValue } from './business-harm.ts';
import { recordDecision } from './decide-rollback.ts';
import type { GuardInputs } from './guard-inputs.ts';
import { guardEvidence, guardStatement } from './guard-statement.ts';

const alpha = 0.01;
const shared = { alpha: 0.05, countPlanned: 5_000, margin: 0, explanation: '' };

/** Values of a request of either cohort: the mean, and as much as 1 above or below it. */
class Lift {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(random: Random, mean: number): void {
    const value = mean + random.next() - random.next();
    this.#count += 1;
    this.#sum += value;
    this.#squares += value * value;
  }

  estimate(): MeanEstimate {
    const mean = this.#sum / this.#count;
    return { count: this.#count, mean, variance: this.#squares / this.#count - mean ** 2 };
  }
}

function liftOf(random: Random, count: number, mean: number): Lift {
  const lift = new Lift();
  for (let index = 0; index < count; index += 1) lift.add(random, mean);
  return lift;
}

/** A version on which nothing but the business is worse. */
function inputsWith(businessLift: BusinessEvidence, errors = 0): GuardInputs {
  const served = (bad: number) => {
    const counts = { requests: 5_000, errors: bad, timeouts: 0, fallbacks: bad, slow: 0 };
    return { oneMinute: counts, fiveMinutes: counts };
  };
  const noHarm = { crashes: 0, signatureFailures: 0, schemaFailures: 0, notFinite: 0 };
  const [start, atMs] = [rateRatioStart, 1_000_000];
  return {
    ...{ atMs, version: 'version 3', countedUntilMs: atMs },
    ...{ current: served(errors), previous: served(0) },
    rateRatios: { errors: start, timeouts: start, fallbacks: start, slow: start },
    hard: { ...noHarm, goldenMismatches: 0 },
    slowHarm: {},
    businessLift,
    target: { version: 'version 2', isWarm: true, isVerified: true, isQuarantined: false },
    ...{ isHeldByHuman: false, isFrozen: false, rollbacksOfPromotion: 0 },
  };
}

describe('a guard that knows of the business', () => {
  const explanation = 'latency rose tenfold, median 20 ms before it to 200 ms';
  const lift = { count: 5_000, mean: -0.15, variance: 0.2 };
  const lost: BusinessEvidence = {
    ...{ ...shared, explanation, lift },
    before: { ...lift, mean: 0.01 },
  };

  it('takes a version back that loses where the one before did not, says what went with it, and decides so again from what is stored', () => {
    const inputs = inputsWith(lost);
    const { decision } = recordDecision(inputs);
    assert.equal(decision.action, 'rollback');
    const names = decision.triggers.map(({ speed, name }) => `${speed} ${name}`);
    assert.deepEqual(names, ['slow business']);
    const statement = guardStatement(inputs, decision);
    assert.match(
      statement,
      /^a request brings -0\.1500 against control \(-0\.1\d+ to -0\.1\d+ at every look at once with 95 %\), where the version before brought \+0\.0100: latency rose tenfold, .* \(p /,
    );
    const stored = JSON.parse(JSON.stringify(inputs)) as GuardInputs;
    assert.deepEqual(recordDecision(stored).decision, decision);
    const evidence = guardEvidence(inputs, decision);
    assert.deepEqual([evidence['lift'], evidence['liftBefore']], [-0.15, 0.01]);
    assert.equal(alertRuleOf('automatic-rollback').judge(evidence).isFiring, true);
  });

  it('keeps a version that loses no more than the one before', () => {
    const inputs = inputsWith({ ...lost, before: lift });
    assert.equal(recordDecision(inputs).decision.action, 'keep');
  });

  it('says what other harm costs where that is known, though it proves nothing by itself', () => {
    const inputs = inputsWith({ ...lost, lift: { ...lift, mean: -0.01 } }, 400);
    const { decision } = recordDecision(inputs);
    assert.match(
      guardStatement(inputs, decision),
      /^errors: 400 of 5000 .*; a request brings -0\.0100 against control \(/,
    );
  });
});

describe('businessHarmPValue', () => {
  it('is as small as the loss against control is sure, where control is the version before', () => {
    const of = (mean: number) =>
      businessHarmPValue({ ...shared, lift: { count: 5_000, mean, variance: 0.16 } }, alpha);
    assert.equal(of(0), 1);
    assert.ok(of(-0.01) > alpha);
    assert.ok(of(-0.04) < 1e-6, `${of(-0.04)}`);
  });

  it('asks for a loss above the margin', () => {
    const lift = { count: 5_000, mean: -0.05, variance: 0.16 };
    const of = (margin: number) => businessHarmPValue({ ...shared, margin, lift }, alpha);
    assert.ok(of(0.01) < alpha && of(0.04) > alpha, `${of(0.01)} ${of(0.04)}`);
  });

  it('is no reason to go back where the version before lost as much against its control', () => {
    const lift = { count: 5_000, mean: -0.05, variance: 0.16 };
    const of = (before: number) =>
      businessHarmPValue({ ...shared, lift, before: { ...lift, mean: before } }, alpha);
    assert.equal(of(-0.05), 1);
    assert.equal(of(-0.06), 1);
    assert.ok(of(-0.04) > alpha, `${of(-0.04)}`);
    assert.ok(of(0) < alpha, `${of(0)}`);
  });

  it('refutes by two bounds that leave a gap: at the level that it says, they touch', () => {
    const lift = { count: 3_000, mean: -0.03, variance: 0.16 };
    const before = { count: 9_000, mean: 0.02, variance: 0.09 };
    const p = businessHarmPValue({ ...shared, lift, before }, alpha);
    // Each alone is surer of what lies between them than both together.
    assert.ok(p > 0 && p < 0.01, `${p}`);
    const nearer = businessHarmPValue({ ...shared, lift, before: { ...before, mean: 0 } }, alpha);
    assert.ok(nearer > p, `${nearer} ${p}`);
  });

  // 300 runs at 1 %: more than 9 have a chance of 1 in 1,000 where it is wrong as often as it may be; sequences are wrong less often.
  it('is below alpha at any look in hardly a run where both versions lose the same, and in most where one loses more', () => {
    const random = seededRandom(7);
    const isEverSure = (fall: number): boolean => {
      const before = liftOf(random, 2_000, -0.1).estimate();
      const lift = liftOf(random, 100, -0.1 - fall);
      for (let look = 0; look < 40; look += 1) {
        const evidence: BusinessEvidence = { ...shared, lift: lift.estimate(), before };
        if (businessHarmPValue(evidence, alpha) < alpha) return true;
        for (let index = 0; index < 100; index += 1) lift.add(random, -0.1 - fall);
      }
      return false;
    };
    const runs = (count: number, fall: number) =>
      Array.from({ length: count }, () => isEverSure(fall)).filter(Boolean).length;
    assert.ok(runs(300, 0) <= 9);
    assert.ok(runs(50, 0.1) >= 45);
  });
});
