import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agrees, statisticsVectors } from '../../../../test/support/statistics-vectors.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { type DriftState, judgeWindow, quiet } from './drift-decision.ts';
import {
  budgetThreshold,
  driftThresholds,
  exceedShare,
  usualThreshold,
} from './drift-threshold.ts';
import { adjustFalseDiscovery } from './false-discovery.ts';
import { judgeColumns } from './judge-columns.ts';
import type { ColumnDrift } from './measure-drift.ts';

/** Feeds windows of (effect, p) and gives what each changed, with the state at the end. */
function feed(windows: readonly (readonly [number, number, number?])[]) {
  let state: DriftState = quiet;
  const changes = windows.map(([effect, adjustedPValue, effectiveRows = 1_000], index) => {
    const finding = { endMs: index, effect, threshold: 0.1, adjustedPValue, effectiveRows };
    const step = judgeWindow(state, finding);
    state = step.state;
    return step.change;
  });
  return { changes, state };
}

describe('judgeWindow', () => {
  it('raises on two of three windows with an effect that is significant', () => {
    const { changes, state } = feed([
      [0.2, 1e-9],
      [0.05, 1],
      [0.2, 1e-9],
    ]);
    assert.deepEqual(changes, ['none', 'none', 'raised']);
    assert.deepEqual(state, { isDrifting: true, sinceMs: 2, recent: [] });
  });
  it('raises for neither an effect without significance, nor significance without an effect', () => {
    for (const window of [
      [0.9, 0.01],
      [0.1, 0],
    ] as const) {
      const { state } = feed([window, window, window, window]);
      assert.equal(state.isDrifting, false);
    }
  });
  it('does not raise when the effects are three windows apart', () => {
    const { state } = feed([
      [0.2, 0],
      [0, 1],
      [0, 1],
      [0.2, 0],
    ]);
    assert.equal(state.isDrifting, false);
  });
  it('stays where it is between the two thresholds, and clears on two of three below the lower one', () => {
    const drifting = [
      [0.2, 0],
      [0.2, 0],
    ] as const;
    const between = [0.08, 0] as const;
    assert.equal(feed([...drifting, between, between, between, between]).state.isDrifting, true);
    const { changes } = feed([...drifting, [0.06, 1], between, [0.06, 1]]);
    assert.deepEqual(changes.slice(-3), ['none', 'none', 'cleared']);
  });
  it('does not judge windows of few effective rows: they neither raise nor break a run', () => {
    const { changes } = feed([
      [0.2, 0],
      [0.9, 0, 499],
      [0.9, 0, 3],
      [0.9, 0, 3],
      [0.2, 0],
    ]);
    assert.deepEqual(changes, ['none', 'none', 'none', 'none', 'raised']);
  });
});

describe('adjustFalseDiscovery', () => {
  it('gives what scipy gives', () => {
    for (const { pValues, adjusted } of statisticsVectors().falseDiscovery) {
      const got = adjustFalseDiscovery(pValues);
      for (const [index, wanted] of adjusted.entries()) {
        agrees(got[index] ?? -1, wanted, `p ${index} of ${pValues.length}`);
      }
    }
    assert.deepEqual(adjustFalseDiscovery([]), []);
  });
});

describe('judgeColumns', () => {
  const drift = (pValue: number, effect: number, missing = 0): ColumnDrift => ({
    effectiveRows: 2_000,
    test: 'ks',
    effect,
    pValue,
    psi: 0,
    jensenShannon: 0,
    missing: { difference: -missing, z: 0, pUpper: 0.5, pValue: missing > 0 ? 1e-9 : 1 },
    unseen: { share: 0, pValue: 1 },
  });
  const thresholds = { distribution: 0.1, missing: 0.05, unseen: 0.01 };

  it('asks more of one column among many than of one alone', () => {
    const signs = (others: number) => {
      const columns = Array.from({ length: others + 1 }, (_, index) => ({
        name: `c${index}`,
        drift: index === 0 ? drift(0.001, 0.2) : drift(0.7, 0.2),
        thresholds,
      }));
      return judgeColumns({}, columns, 1).verdicts[0]?.sign;
    };
    assert.equal(signs(0), 'drifted');
    assert.equal(signs(50), 'between');
  });
  it('keeps a state for each aspect of each column, and leaves those that it does not see', () => {
    const columns = [{ name: 'a', drift: drift(1, 0, 0.2), thresholds }];
    const other = { 'b/missing': { isDrifting: true, sinceMs: 3, recent: [] } };
    const first = judgeColumns(other, columns, 1);
    const { states, verdicts } = judgeColumns(first.states, columns, 2);
    assert.deepEqual(
      verdicts.map(({ aspect, change }) => [aspect, change]),
      [
        ['distribution', 'none'],
        ['missing', 'raised'],
        ['unseen', 'none'],
      ],
    );
    assert.deepEqual(states['a/missing'], { isDrifting: true, sinceMs: 2, recent: [] });
    assert.deepEqual(states['b/missing'], other['b/missing']);
    // The same windows from storage give the same verdicts.
    const stored = JSON.parse(JSON.stringify({ states: first.states, columns })) as {
      states: typeof first.states;
      columns: typeof columns;
    };
    assert.deepEqual(judgeColumns(stored.states, stored.columns, 2).verdicts, verdicts);
  });
});

describe('thresholds', () => {
  const budget = {
    falseAlertsPerWeek: 1,
    windowsPerWeek: 168,
    columns: 20,
    windowsNeeded: 2,
    windowsLooked: 3,
  };
  it('are the usual plus three deviations, at least a tenth', () => {
    assert.equal(usualThreshold({ mean: 0.2, std: 0.05 }), 0.2 + 0.15000000000000002);
    assert.equal(usualThreshold({ mean: 0.01, std: 0.01 }), 0.1);
  });
  it('keep to a setting in false alerts a week on windows like those of the reference', () => {
    const random = seededRandom(19);
    const std = 0.06;
    const [variance, mean] = [Math.log1p((std / 0.2) ** 2), 0.2];
    const effectOf = () => {
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      const z = radius * Math.cos(2 * Math.PI * random.next());
      return Math.exp(Math.log(mean) - variance / 2 + z * Math.sqrt(variance));
    };
    const threshold = budgetThreshold({ mean, std, count: 1e6 }, budget);
    let alerts = 0;
    const weeks = 200;
    for (let column = 0; column < budget.columns; column += 1) {
      let state = quiet;
      for (let window = 0; window < weeks * budget.windowsPerWeek; window += 1) {
        const step = judgeWindow(state, {
          endMs: window,
          effect: effectOf(),
          threshold,
          adjustedPValue: 0,
          effectiveRows: 1_000,
        });
        state = step.state;
        if (step.change === 'raised') alerts += 1;
      }
    }
    // At most the setting, since the share is an upper bound, and no less than two thirds of it.
    assert.ok(alerts <= weeks * 1.1 && alerts > weeks * 0.67, `${alerts} alerts in ${weeks} weeks`);
  });
  it('come of the windows of a reference profile, and are the floors where it has too few', () => {
    const windows = {
      count: 60,
      ks: { mean: 0.2, std: 0.05 },
      missing: { mean: 0.1, std: 0.02 },
    };
    assert.deepEqual(driftThresholds({ ...windows, count: 1 }), {
      distribution: 0.1,
      missing: 0.05,
      unseen: 0.01,
    });
    const usual = driftThresholds(windows);
    agrees(usual.distribution, 0.35, 'distribution');
    agrees(usual.missing, 0.16, 'missing');
    assert.equal(
      driftThresholds(windows, budget).distribution,
      budgetThreshold({ ...windows.ks, count: 60 }, budget),
    );
  });
  it('rise with the number of columns and fall with the setting', () => {
    const at = (change: Partial<typeof budget>) =>
      budgetThreshold({ mean: 0.2, std: 0.06, count: 60 }, { ...budget, ...change });
    assert.ok(at({ columns: 200 }) > at({}) && at({ falseAlertsPerWeek: 10 }) < at({}));
    assert.equal(budgetThreshold({ mean: 0.3, std: 0, count: 60 }, budget), 0.3);
    const few = budgetThreshold({ mean: 0.2, std: 0.06, count: 14 }, budget);
    assert.ok(few > at({}) * 1.08, 'few windows say less');
    assert.ok(exceedShare({ ...budget, falseAlertsPerWeek: 0 }) > 0);
    agrees(exceedShare({ ...budget, windowsNeeded: 1, windowsLooked: 1 }), 1 / 3_360, 'share');
  });
});
