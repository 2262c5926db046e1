import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateRatioStart, stepRateRatio } from '../statistics/rate-ratio-sequence.ts';
import { decideRollback, recordDecision } from './decide-rollback.ts';
import type { GuardInputs, RecentlyServed } from './guard-inputs.ts';
import { guardPolicy } from './guard-policy.ts';
import { addServed, type ServedCounts, ServedStretches, stretchMs } from './served-window.ts';

const served = (requests: number, bad: Partial<ServedCounts> = {}): ServedCounts => ({
  requests,
  errors: 0,
  timeouts: 0,
  fallbacks: 0,
  slow: 0,
  ...bad,
});
const recently = (five: ServedCounts, one: ServedCounts): RecentlyServed => ({
  fiveMinutes: five,
  oneMinute: one,
});

/** A version that is as good as the one before, on 50 requests a second with a holdback of 5 %. */
const healthy: GuardInputs = {
  atMs: 10_000_000,
  countedUntilMs: 10_000_000,
  version: 'v8',
  current: recently(served(14_250, { errors: 28 }), served(2_850, { errors: 6 })),
  previous: recently(served(750, { errors: 1 }), served(150)),
  rateRatios: {
    errors: rateRatioStart,
    timeouts: rateRatioStart,
    fallbacks: rateRatioStart,
    slow: rateRatioStart,
  },
  hard: { crashes: 0, signatureFailures: 0, schemaFailures: 0, notFinite: 0, goldenMismatches: 0 },
  slowHarm: {},
  target: { version: 'v7', isWarm: true, isVerified: true, isQuarantined: false },
  isHeldByHuman: false,
  isFrozen: false,
  rollbacksOfPromotion: 0,
};
const failing = recently(served(14_250, { errors: 300 }), served(2_850, { errors: 90 }));
const worse: GuardInputs = { ...healthy, current: failing };
const actionOf = (inputs: GuardInputs) => decideRollback(inputs).action;
const namesOf = (inputs: GuardInputs) =>
  decideRollback(inputs).triggers.map(({ speed, name }) => `${speed} ${name}`);

describe('decideRollback', () => {
  it('keeps a version that is as good as the one before', () => {
    const { detectableExcess, ...decision } = decideRollback(healthy);
    assert.deepEqual(decision, {
      action: 'keep',
      isPage: false,
      reason: 'nothing triggers',
      triggers: [],
    });
    assert.ok(Math.abs((detectableExcess ?? 0) - 0.0145) < 0.0001, `${detectableExcess}`);
  });

  it('takes a version back that fails more than the previous one on the same traffic, and says why', () => {
    const { action, isPage, reason, triggers } = decideRollback(worse);
    assert.deepEqual([action, isPage, reason], ['rollback', true, 'v8: errors (fast); back to v7']);
    const [trigger] = triggers;
    assert.equal(trigger?.evidence['failures'], 300);
    assert.ok((trigger?.evidence['fiveMinuteP'] ?? 1) < guardPolicy.fastAlpha);
  });

  it('says how little it could have seen, and triggers by just that', () => {
    const excessOf = (requests: number, others: number) =>
      decideRollback({
        ...healthy,
        current: recently(served(requests), served(Math.ceil(requests / 5))),
        previous: recently(served(others), served(Math.ceil(others / 5))),
      }).detectableExcess;
    const slow = excessOf(1_425, 75) ?? 0;
    assert.ok(slow > 0.14 && slow < 0.15, `${slow}`);
    assert.deepEqual(
      [excessOf(100, 5), excessOf(1_000, 0), excessOf(0, 100)],
      Array(3).fill(undefined),
    );
    const failing = (share: number) => {
      const bad = (requests: number) => served(requests, { errors: Math.round(requests * share) });
      return actionOf({
        ...healthy,
        current: recently(bad(1_425), bad(285)),
        previous: recently(served(75), served(15)),
      });
    };
    // A share of all requests, drawn without replacement, so that a little less is enough.
    assert.deepEqual([failing(slow * 0.8), failing(slow)], ['keep', 'rollback']);
  });

  it('takes nothing back for an outage of both', () => {
    const outage: GuardInputs = {
      ...healthy,
      current: recently(served(14_250, { errors: 5_000 }), served(2_850, { errors: 1_400 })),
      previous: recently(served(750, { errors: 262 }), served(150, { errors: 74 })),
    };
    assert.equal(actionOf(outage), 'keep');
  });

  it('triggers by neither a small difference, nor few failures, nor what is over, nor what is within the budget', () => {
    const cases: Readonly<Record<string, RecentlyServed>> = {
      small: recently(served(14_250, { errors: 80 }), served(2_850, { errors: 16 })),
      few: recently(served(200, { errors: 19 }), served(40, { errors: 9 })),
      over: recently(served(14_250, { errors: 300 }), served(2_850, { errors: 3 })),
    };
    for (const [name, current] of Object.entries(cases)) {
      assert.equal(actionOf({ ...healthy, current }), 'keep', name);
    }
    const large = recently(served(142_500, { errors: 600 }), served(28_500, { errors: 120 }));
    const none = recently(served(142_500), served(28_500));
    assert.equal(actionOf({ ...healthy, current: large, previous: none }), 'keep', 'within budget');
  });

  it('takes a version back for each other kind of failure as well', () => {
    for (const kind of ['timeouts', 'fallbacks', 'slow'] as const) {
      const current = recently(served(14_250, { [kind]: 900 }), served(2_850, { [kind]: 250 }));
      assert.equal(actionOf({ ...healthy, current }), 'rollback', kind);
      assert.ok(namesOf({ ...healthy, current }).includes(`fast ${kind}`));
    }
  });

  it('takes a version back for its own faults at once', () => {
    for (const fact of ['signatureFailures', 'schemaFailures', 'notFinite', 'goldenMismatches']) {
      const hard = { ...healthy.hard, [fact]: 1 };
      assert.deepEqual(namesOf({ ...healthy, hard }), [`hard ${fact}`]);
      assert.equal(actionOf({ ...healthy, hard }), 'rollback');
    }
    const crashed = (crashes: number) =>
      actionOf({ ...healthy, hard: { ...healthy.hard, crashes } });
    assert.deepEqual([crashed(2), crashed(3)], ['keep', 'rollback']);
    const current = recently(served(14_250, { fallbacks: 700 }), served(2_850, { fallbacks: 0 }));
    assert.deepEqual(namesOf({ ...healthy, current }), ['hard fallbackRatio']);
  });

  it('takes a version back for slow harm, sharing alpha among what is looked at', () => {
    const harmed = (slowHarm: GuardInputs['slowHarm']) => actionOf({ ...healthy, slowHarm });
    assert.equal(harmed({ business: 0.009 }), 'rollback');
    assert.equal(harmed({ business: 0.011 }), 'keep');
    assert.equal(harmed({ business: 0.009, quality: 0.5 }), 'keep');
    assert.equal(harmed({ business: 0.004, quality: 0.5 }), 'rollback');
    assert.deepEqual(namesOf({ ...healthy, slowHarm: { business: 0.004, quality: 0.009 } }), [
      'slow business',
      'slow quality',
    ]);
    let errors = rateRatioStart;
    for (let stretch = 0; stretch < 400; stretch += 1) {
      const failures = stretch % 2 === 0 ? 2 : 3;
      errors = stepRateRatio(errors, { requests: 237, failures }, { requests: 13, failures: 0 });
    }
    const rateRatios = { ...healthy.rateRatios, errors };
    assert.deepEqual(namesOf({ ...healthy, rateRatios }), ['slow errors']);
  });

  it('holds and pages when counts are missing, and compares nothing that is old', () => {
    const old = { ...worse, countedUntilMs: worse.atMs - 60_001 };
    const { action, isPage, reason } = decideRollback(old);
    assert.deepEqual([action, isPage, reason], ['hold', true, 'counts are missing']);
    const broken = { ...old, hard: { ...old.hard, notFinite: 1 } };
    assert.deepEqual(namesOf(broken), ['hard notFinite']);
  });

  it('leaves what a human holds or has frozen, and freezes instead of a second rollback', () => {
    assert.equal(actionOf({ ...worse, isHeldByHuman: true }), 'hold');
    assert.equal(actionOf({ ...worse, isFrozen: true }), 'hold');
    assert.equal(actionOf({ ...worse, rollbacksOfPromotion: 1 }), 'freeze');
    assert.ok(decideRollback({ ...worse, rollbacksOfPromotion: 1 }).isPage);
  });

  it('waits for half an hour after a rollback', () => {
    const after = (ms: number) => actionOf({ ...worse, rolledBackAtMs: worse.atMs - ms });
    assert.deepEqual([after(30 * 60_000 - 1), after(30 * 60_000)], ['hold', 'rollback']);
  });

  it('falls back where the target is missing, cold, not verified, quarantined, unknown or unwell', () => {
    const { target, ...without } = worse;
    assert.equal(actionOf(without), 'fall-back');
    for (const change of [{ isWarm: false }, { isVerified: false }, { isQuarantined: true }]) {
      const changed = {
        version: 'v7',
        isWarm: true,
        isVerified: true,
        isQuarantined: false,
        ...target,
        ...change,
      };
      assert.equal(actionOf({ ...worse, target: changed }), 'fall-back', JSON.stringify(change));
    }
    const hard = { ...worse.hard, notFinite: 1 };
    const idle = { ...worse, hard, previous: recently(served(19), served(4)) };
    assert.match(decideRollback(idle).reason, /v7 answered 19 requests in five minutes, wanted 20/);
    const unwell = recently(served(750, { errors: 12 }), served(150, { errors: 3 }));
    assert.match(decideRollback({ ...worse, hard, previous: unwell }).reason, /fails in 1.6 %/);
    const single = recently(served(40, { errors: 1 }), served(8, { errors: 1 }));
    assert.equal(actionOf({ ...worse, hard, previous: single }), 'rollback');
  });

  it('never acts on nothing: without a trigger no state of the model leads to a move', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.nat(3),
        fc.nat(1e7),
        (isHeldByHuman, isFrozen, rollbacksOfPromotion, rolledBackAtMs) => {
          const inputs = {
            ...healthy,
            isHeldByHuman,
            isFrozen,
            rollbacksOfPromotion,
            rolledBackAtMs,
          };
          assert.equal(actionOf(inputs), 'keep');
        },
      ),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe('recordDecision', () => {
  it('stores what the same decision can be made of again', () => {
    const record = recordDecision(worse);
    const stored = JSON.parse(JSON.stringify(record)) as typeof record;
    assert.deepEqual(decideRollback(stored.inputs, stored.policy), record.decision);
    assert.match(record.policyDigest, /^[0-9a-f]{64}$/);
    const other = recordDecision(worse, { ...guardPolicy, fastAlpha: 1e-99 });
    assert.notEqual(other.policyDigest, record.policyDigest);
    assert.equal(other.decision.action, 'keep');
  });
});

describe('served stretches', () => {
  it('give what a window served, whatever the order in which replicas report', () => {
    const reports = fc.array(fc.tuple(fc.nat(299_999), fc.nat(5)), { maxLength: 40 });
    fc.assert(
      fc.property(reports, reports, (left, right) => {
        const base = 3_000_000;
        const fold = (all: readonly (readonly [number, number])[]) => {
          const stretches = new ServedStretches();
          for (const [offset, errors] of all)
            stretches.record(base + offset, served(9, { errors }));
          return stretches;
        };
        const [one, other] = [fold([...left, ...right]), fold([...right, ...left])];
        const until = base + 300_000;
        for (let from = base; from < until; from += stretchMs) {
          const stretch = (stretches: ServedStretches) =>
            stretches.within(from + stretchMs, stretchMs);
          assert.deepEqual(stretch(one), stretch(other));
        }
        const all = [...left, ...right];
        const wanted = all.reduce(
          (sum, [, errors]) => addServed(sum, served(9, { errors })),
          served(0),
        );
        assert.deepEqual(one.within(until, 300_000), wanted);
        const late = all.filter(([offset]) => offset >= 240_000).length;
        assert.equal(one.within(until, 60_000).requests, late * 9);
      }),
      { seed: 12, numRuns: 100 },
    );
  });
  it('drop what is more than five minutes old', () => {
    const stretches = new ServedStretches();
    const all = () => stretches.within(1_000_000, 1_000_000).requests;
    stretches.record(0, served(1));
    stretches.record(299_999, served(2));
    assert.equal(all(), 3);
    stretches.record(300_000, served(4));
    assert.equal(all(), 6);
    stretches.record(stretchMs - 1, served(8));
    assert.equal(all(), 6);
  });
});
