import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PolicyOptions, policy } from './policy.ts';

const cohortBy = ['origin', 'destination'] as const;
const made = (options: Partial<PolicyOptions<(typeof cohortBy)[number]>>) =>
  policy({ cohortBy, ...options });

describe('a policy', () => {
  it('ramps a canary by 1, 5, 10, 25, 50 and 100 %, an hour each, and shadows in reverse a tenth, unless it says otherwise', () => {
    const { canary, shadow, cohorts } = made({});
    assert.deepEqual(canary, { steps: [0.01, 0.05, 0.1, 0.25, 0.5, 1], holdForMs: 3_600_000 });
    assert.deepEqual(shadow, { rate: 1, reverseRate: 0.1 });
    assert.deepEqual(cohorts, { salt: '', exclude: {}, pin: {} });
    const own = made({
      canary: { steps: [0.5], holdFor: '0ms' },
      shadow: { reverseRate: 0 },
      cohorts: { salt: 'spring', exclude: { origin: ['ORD'] } },
    });
    assert.deepEqual(own.canary, { steps: [0.5], holdForMs: 0 });
    assert.deepEqual(own.shadow, { rate: 1, reverseRate: 0 });
    assert.deepEqual(own.cohorts, { salt: 'spring', exclude: { origin: ['ORD'] }, pin: {} });
  });
  it('has harm acted on unless it says otherwise', () => {
    const byDefault = {
      isOn: true,
      errorBudget: 0.005,
      slowBudget: 0.02,
      qualityMargin: 0.01,
      coolDownMs: 1_800_000,
    };
    assert.deepEqual(made({}).autoRollback, byDefault);
    assert.deepEqual(made({ autoRollback: true }).autoRollback, byDefault);
    assert.deepEqual(made({ autoRollback: false }).autoRollback, { ...byDefault, isOn: false });
    assert.deepEqual(made({ autoRollback: { errorBudget: 0.02, coolDown: '1h' } }).autoRollback, {
      ...byDefault,
      errorBudget: 0.02,
      coolDownMs: 3_600_000,
    });
  });
  it('refuses steps that are no shares, or do not ascend', () => {
    const none: readonly (readonly number[])[] = [[], [0], [0, 1], [1.1], [Number.NaN]];
    for (const steps of [...none, [0.5, 0.5], [0.5, 0.1]]) {
      assert.throws(() => made({ canary: { steps } }), {
        reason: 'DEFINITION_INVALID',
        message: /canary\.steps/,
      });
    }
  });
  it('refuses a hold and rates that are none', () => {
    for (const [options, message] of [
      [{ canary: { holdFor: '-1s' } }, /canary\.holdFor/],
      [{ shadow: { rate: 1.5 } }, /shadow\.rate/],
      [{ shadow: { reverseRate: -0.1 } }, /shadow\.reverseRate/],
      [{ control: { share: 2, serve: 'rules' } }, /control\.share/],
      [{ autoRollback: { errorBudget: 2 } }, /autoRollback\.errorBudget/],
      [{ autoRollback: { coolDown: '-1s' } }, /autoRollback\.coolDown/],
    ] as const) {
      assert.throws(() => made(options), { reason: 'DEFINITION_INVALID', message });
    }
  });
  it('excludes and pins by the columns of its cohorts alone, or an entity would be half in one', () => {
    for (const name of ['exclude', 'pin'] as const) {
      assert.throws(() => policy({ cohortBy: ['origin'], cohorts: { [name]: { gate: ['A1'] } } }), {
        reason: 'DEFINITION_INVALID',
        message: /wanted columns of cohortBy \(origin\), got 'gate'/,
      });
      // As a mesh file in JavaScript may say it.
      const wrong = { [name]: { origin: 'ORD' } } as unknown as PolicyOptions['cohorts'];
      assert.throws(() => policy({ cohortBy: ['origin'], ...(wrong && { cohorts: wrong }) }), {
        reason: 'DEFINITION_INVALID',
        message: /wanted a list of texts/,
      });
    }
  });
  it('watches days against the reference by effect, significance and persistence, unless it says otherwise', () => {
    assert.deepEqual(made({}).monitoring.drift, {
      ...{ windowMs: 0, falseAlertsPerWeek: 0, significance: 0.01, effectiveRowsMin: 500 },
      ...{ windowsNeeded: 2, windowsLooked: 3, rule: 'effect' },
    });
    const own = { window: '6h', falseAlertsPerWeek: 0.5, rule: 'ks' } as const;
    const { windowMs, falseAlertsPerWeek, rule } = made({ monitoring: { drift: own } }).monitoring
      .drift;
    assert.deepEqual([windowMs, falseAlertsPerWeek, rule], [21_600_000, 0.5, 'ks']);
  });
  it('sums up outputs, looks at lifts as often as it likes, and wants labels after a day, unless it says otherwise', () => {
    const { output, lift, quality } = made({}).monitoring;
    assert.deepEqual(output, {
      ...{ rule: 'cusum', slack: 0.5, limit: 5, deviations: 2, windowsNeeded: 2 },
    });
    assert.deepEqual(lift, {
      ...{ alpha: 0.05, requestsPlanned: 5_000, liftMin: 0, margin: 0, covariate: '' },
    });
    assert.deepEqual(quality, { labelHorizonMs: 86_400_000, maturityMin: 0.8 });
    for (const [monitoring, message] of [
      [{ output: { limit: 0 } }, /output\.limit/],
      [{ output: { slack: -1 } }, /output\.slack/],
      [{ output: { windowsNeeded: 1.5 } }, /output\.windowsNeeded/],
      [{ lift: { alpha: 0.5 } }, /lift\.alpha/],
      [{ lift: { margin: -0.1 } }, /lift\.margin/],
      [{ lift: { requestsPlanned: 0 } }, /lift\.requestsPlanned/],
      [{ quality: { maturityMin: 1.1 } }, /quality\.maturityMin/],
    ] as const) {
      assert.throws(() => made({ monitoring }), { reason: 'DEFINITION_INVALID', message });
    }
  });
  it('refuses settings of the watch that make no sense, and names them', () => {
    for (const [drift, message] of [
      [{ window: '90s' }, /drift\.window: wanted whole minutes/],
      [{ falseAlertsPerWeek: -1 }, /drift\.falseAlertsPerWeek/],
      [{ significance: 0 }, /drift\.significance/],
      [{ significance: 1 }, /drift\.significance/],
      [{ effectiveRowsMin: 0 }, /drift\.effectiveRowsMin/],
      [{ windowsNeeded: 4 }, /drift\.windowsNeeded/],
      [{ windowsNeeded: 0 }, /drift\.windowsNeeded/],
    ] as const) {
      const error = { reason: 'DEFINITION_INVALID', message };
      assert.throws(() => made({ monitoring: { drift } }), error);
    }
  });
});
