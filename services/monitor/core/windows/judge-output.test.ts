import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type MonitoringOptions,
  monitoringPlan,
} from '../../../shared/definition/monitoring-policy.ts';
import { outputUnit } from '../statistics/output-sums.ts';
import { judgeOutput, type OutputState, outputStart } from './judge-output.ts';
import { WindowCounter } from './window-counter.ts';
import { windowRules } from './window-rules.ts';

const dayMs = 86_400_000;
const std = 0.25;
/** Windows of the reference whose means differ by 0.02 more than their rows explain. */
const reference = {
  ...{ name: 'probability', rows: 10_000, missingShare: 0, std, edges: [0, 1], counts: [10_000] },
  windows: {
    ...{ count: 10, lengthMs: dayMs },
    ...{ ks: { mean: 0, std: 0 }, missing: { mean: 0, std: 0 } },
  },
  windowMeans: Array.from({ length: 10 }, (_, index) => ({
    rows: 1_000,
    mean: 0.3 + (index % 2 === 0 ? 0.02 : -0.02),
  })),
};

function countsOf(mean: number, rows = 1_000) {
  const columns = { inputs: [], outputs: [], outputUnit: outputUnit(std) };
  const counter = new WindowCounter(columns);
  for (let row = 0; row < rows; row += 1) {
    const score = mean + (row % 2 === 0 ? 0.1 : -0.1);
    counter.add({
      ...{ cohort: 'model', isDegraded: false, latencyMs: 1, score, row: [] },
      entity: `${row}`,
    });
  }
  return counter.counts();
}

function judge(means: readonly number[], output: MonitoringOptions['output'] = {}) {
  let state: OutputState = outputStart;
  return means.map((mean, day) => {
    const window = { counts: countsOf(mean), effectiveRows: 1_000, endMs: (day + 1) * dayMs };
    const judged = judgeOutput(window, reference, state, monitoringPlan({ output }).output);
    state = judged.state;
    return judged;
  });
}

describe('judgeOutput', () => {
  it('measures a window in deviations of window means, and raises where small shifts add up', () => {
    const judged = judge([0.3, 0.34, 0.34, 0.34, 0.34, 0.34, 0.34]);
    const [first, second] = judged;
    assert.ok(Math.abs(first?.finding?.deviations ?? 1) < 0.1);
    assert.ok(Math.abs((second?.finding?.deviations ?? 0) - 1.9) < 0.2);
    const shifted = judged.map(({ finding }) => finding?.isShifted);
    assert.deepEqual(shifted, [false, false, false, false, true, true, true]);
    assert.equal(judged.at(-1)?.state.sinceMs, 5 * dayMs);
  });

  it('takes the plain rule where the policy asks for it: so many windows in a row', () => {
    const rule = { rule: 'mean', windowsNeeded: 2 } as const;
    const shifted = (means: readonly number[]) =>
      judge(means, rule).map(({ finding }) => finding?.isShifted);
    assert.deepEqual(shifted([0.36, 0.3, 0.36, 0.36, 0.3]), [false, false, false, true, false]);
    assert.deepEqual(judge([0.36, 0.36, 0.3], rule).at(-1)?.state.sinceMs, undefined);
  });

  it('says nothing without windows of a reference, or without outputs', () => {
    const { output } = monitoringPlan();
    const window = { counts: countsOf(0.5), effectiveRows: 1_000, endMs: dayMs };
    const { windowMeans: _, ...old } = reference;
    for (const column of [undefined, old, { ...reference, windowMeans: [] }]) {
      assert.deepEqual(judgeOutput(window, column, outputStart, output), { state: outputStart });
    }
    const empty = { ...window, counts: countsOf(0, 0) };
    assert.deepEqual(judgeOutput(empty, reference, outputStart, output), { state: outputStart });
  });
});

describe('the rules on windows', () => {
  const ruleOf = (name: string) => windowRules.find(({ rule }) => rule === name);

  it('take the step of a sum again from what it was before', () => {
    const evidence = {
      ...{ rule: 'cusum', limit: 5, slack: 0.5, deviationsMax: 2, windowsNeeded: 2 },
      ...{ highBefore: 4, lowBefore: 0, runBefore: 1, deviations: 2, mean: 0.4, baselineMean: 0.3 },
      ...{ sinceMs: 2, endMs: 2, high: 0, low: 0 },
    };
    const judged = ruleOf('output-drift')?.judge(evidence);
    assert.deepEqual([judged?.isFiring, judged?.figures], [true, { high: 0, low: 0 }]);
    assert.equal(ruleOf('output-drift')?.judge({ ...evidence, highBefore: 1 }).isFiring, false);
    const plain = { ...evidence, rule: 'mean', deviations: 2.1 };
    assert.equal(ruleOf('output-drift')?.judge(plain).isFiring, true);
    assert.equal(ruleOf('output-drift')?.judge({ ...plain, runBefore: 0 }).isFiring, false);
  });

  it('decide an input again from effect, limit, p-value and rows', () => {
    const evidence = {
      ...{ rule: 'effect', significance: 0.01, effectiveRows: 700, effectiveRowsMin: 500 },
      'hour.distribution.effect': 0.4,
      'hour.distribution.threshold': 0.2,
      'hour.distribution.adjustedPValue': 1e-6,
      'hour.distribution.sinceMs': 5,
      profileDigest: 'abcdef0123456789',
    };
    const judge = (change: object) => ruleOf('input-drift')?.judge({ ...evidence, ...change });
    assert.equal(judge({})?.isFiring, true);
    assert.match(
      judge({})?.against ?? '',
      /hour\.distribution was 0\.400 where 0\.200 is the limit/,
    );
    assert.equal(judge({ 'hour.distribution.effect': 0.19 })?.isFiring, false);
    assert.equal(judge({ 'hour.distribution.adjustedPValue': 0.02 })?.isFiring, false);
    assert.equal(judge({ effectiveRows: 400 })?.isFiring, false);
  });
});
