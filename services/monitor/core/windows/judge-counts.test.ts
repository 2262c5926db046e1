import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monitoringPlan } from '../../../shared/definition/monitoring-policy.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import type { DriftStates } from '../statistics/judge-columns.ts';
import { type DriftAnswer, judgeCounts } from './judge-counts.ts';
import { outputStart } from './judge-output.ts';
import { WindowCounter } from './window-counter.ts';

const dayMs = 86_400_000;
const usual = { mean: 0.04, std: 0.01 };
const column = (name: string) => ({
  name,
  rows: 6_400,
  missingShare: 0,
  std: 0.29,
  edges: Array.from({ length: 65 }, (_, index) => index / 64),
  counts: Array.from({ length: 64 }, () => 100),
  windows: { count: 30, lengthMs: dayMs, ks: usual, missing: { mean: 0, std: 0 } },
});
const profile = { inputs: [column('x'), column('y')], outputs: [column('probability')] };
const random = seededRandom(3);

/** A window whose column y is shifted, or missing in a share of the rows. */
function countsOf({ shift = 0, missing = 0, rows = 1_000, entities = 1_000 }) {
  const counter = new WindowCounter({ ...profile, outputUnit: 2 ** -16 });
  for (let row = 0; row < rows; row += 1) {
    const y = random.next() < missing ? Number.NaN : random.next() + shift;
    counter.add({
      ...{ cohort: 'model', isDegraded: false, latencyMs: 3, score: random.next() },
      entity: `${row % entities}`,
      row: [random.next(), y],
    });
  }
  return counter.counts();
}

function judge(
  shifts: readonly Parameters<typeof countsOf>[0][],
  drift: Parameters<typeof monitoringPlan>[0] & object = {},
): readonly DriftAnswer[] {
  const { drift: plan, output: outputPlan } = monitoringPlan(drift);
  let states: DriftStates = {};
  let output = outputStart;
  return shifts.map((shift, day) => {
    const window = { startMs: day * dayMs, endMs: (day + 1) * dayMs };
    const counts = countsOf(shift);
    const before = { states, plan, output, outputPlan };
    const answer = judgeCounts({ ...window, counts, profile, ...before });
    states = answer.states;
    output = answer.output.state;
    return answer;
  });
}

const driftingOf = ({ columns }: DriftAnswer) =>
  columns.flatMap(({ name, drifting }) => drifting.map(({ aspect }) => `${name} ${aspect}`));

describe('judgeCounts', () => {
  it('raises after the second window that is off, names the column, keeps since when, and clears after two that are not', () => {
    const shifted = { shift: 0.4 };
    const found = judge([{}, shifted, shifted, shifted, {}, {}]);
    assert.deepEqual(found.map(driftingOf), [
      [],
      [],
      ['y distribution'],
      ['y distribution'],
      ['y distribution'],
      [],
    ]);
    const [, y] = found[3]?.columns ?? [];
    assert.equal(y?.drifting[0]?.sinceMs, 3 * dayMs);
    assert.ok(y !== undefined && y.drift.effect > 0.35 && y.thresholds.distribution === 0.1);
    assert.ok((y.median ?? 0) > 0.85 && Math.abs((y.referenceMedian ?? 0) - 0.5) < 0.02);
    assert.ok(found.every(({ columns: [x] }) => x?.drifting.length === 0));
  });

  it('says the same again for the same counts, whatever came since', () => {
    const counts = countsOf({ shift: 0.4 });
    const { drift: plan, output: outputPlan } = monitoringPlan();
    const state = { states: {}, output: outputStart };
    const question = { startMs: 0, endMs: dayMs, counts, profile, plan, outputPlan, ...state };
    assert.deepEqual(judgeCounts(question), judgeCounts(structuredClone(question)));
  });

  it('does not judge a window of few rows, nor one of many rows of few entities', () => {
    for (const few of [{ rows: 300 }, { rows: 5_000, entities: 100 }]) {
      const [, , third] = judge([few, few, few].map((one) => ({ ...one, shift: 0.4 })));
      assert.equal(third?.isJudged, false);
      assert.deepEqual(third === undefined ? undefined : driftingOf(third), []);
    }
  });

  it('tells values that are not there from values that are other', () => {
    const gone = { missing: 0.3 };
    const found = judge([gone, gone]).map(driftingOf);
    assert.deepEqual(found, [[], ['y missing']]);
  });

  it('takes thresholds from a setting in false alerts a week where there is one', () => {
    const thresholdOf = (falseAlertsPerWeek: number) => {
      const wide = {
        ...column('x'),
        windows: { ...column('x').windows, ks: { mean: 0.1, std: 0.05 } },
      };
      const { drift: plan, output: outputPlan } = monitoringPlan({ drift: { falseAlertsPerWeek } });
      const [x] = judgeCounts({
        ...{ startMs: 0, endMs: dayMs, counts: countsOf({}), states: {}, plan },
        ...{ output: outputStart, outputPlan },
        profile: { ...profile, inputs: [wide, column('y')] },
      }).columns;
      return x?.thresholds.distribution ?? 0;
    };
    assert.equal(thresholdOf(0), 0.25);
    assert.ok(thresholdOf(0.01) > thresholdOf(1));
  });

  it('alarms by the plain rule in the first window whose test is below alpha, and only then', () => {
    const [first, second] = judge([{ shift: 0.06 }, {}], { drift: { rule: 'ks' } });
    assert.deepEqual(first === undefined ? undefined : driftingOf(first), ['y distribution']);
    assert.deepEqual(second === undefined ? undefined : driftingOf(second), []);
    // By effect and persistence that is nothing.
    assert.deepEqual(judge([{ shift: 0.06 }, { shift: 0.06 }]).map(driftingOf), [[], []]);
  });
});
