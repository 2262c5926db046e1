import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { percentile } from '../percentile.ts';
import { type CheckedLift, type CheckReport, missedBars } from './check-report.ts';

const good: CheckReport = {
  predictions: 20_000,
  errors: 0,
  tiers: { model: 0.99, fallback: 0.01, rules: 0 },
  control: 0.1,
  auc: 0.69,
  shadow_pairs: 0.99,
  lift: {
    ...{ estimate: -0.01, lower: -0.02, upper: 0.01, variance_left: 0.9, sample_ratio_p: 0.001 },
    ...{ model_outcomes: 9_000, control_outcomes: 1_000 },
  },
  parity_checked: 1_000,
  parity_mismatches: 0,
  p50_ms: 1,
  p99_ms: 2,
  trace_processes: 4,
  trace_threads: 5,
};

const changedLift = (change: Partial<CheckedLift>): CheckReport => ({
  ...good,
  lift: good.lift && { ...good.lift, ...change },
});

describe('missedBars', () => {
  it('passes a report that just reaches every bar', () => assert.deepEqual(missedBars(good), []));
  it('asks for a lift where there is a control cohort, and for none where there is not', () => {
    assert.deepEqual(missedBars({ ...good, control: 0, lift: null }), []);
    const missed = [
      { ...good, lift: null },
      changedLift({ lower: null, upper: null }),
      changedLift({ control_outcomes: 999 }),
      changedLift({ sample_ratio_p: 0.000_9 }),
    ];
    for (const report of missed) assert.match(missedBars(report).join(), /^wanted a lift, /);
  });
  it('names each bar that is missed, one below its limit', () => {
    const missed: readonly (readonly [Partial<CheckReport>, RegExp])[] = [
      [{ predictions: 19_999 }, /predictions/],
      [{ errors: 1 }, /errors/],
      [{ tiers: { model: 0.989, fallback: 0.011, rules: 0 } }, /tiers\.model/],
      [{ auc: 0.689 }, /auc/],
      [{ auc: Number.NaN }, /auc/],
      [{ shadow_pairs: 0.989 }, /shadow_pairs/],
      [{ parity_checked: 999 }, /parity_checked/],
      [{ parity_mismatches: 1 }, /parity_mismatches/],
      [{ trace_processes: 3 }, /trace_processes/],
      [{ trace_threads: 4 }, /trace_threads/],
    ];
    for (const [change, name] of missed) {
      const found = missedBars({ ...good, ...change });
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', name);
    }
  });
});

describe('percentile', () => {
  it('takes the nearest rank', () => {
    assert.equal(percentile([4, 1, 3, 2], 0.5), 2);
    assert.equal(percentile([4, 1, 3, 2], 0.99), 4);
    assert.equal(percentile([7], 0.5), 7);
  });
  it('is NaN of nothing', () => assert.ok(Number.isNaN(percentile([], 0.5))));
});
