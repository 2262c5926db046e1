import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cusumStart, stepCusum } from './cusum.ts';
import { outputBaseline, windowDeviation } from './output-baseline.ts';
import { addOutput, meanOutput, mergeOutputs, noOutputs, outputUnit } from './output-sums.ts';
import { isKsAlarm, meanRuleStart, stepMeanRule } from './plain-rules.ts';

describe('stepCusum', () => {
  const feed = (zs: readonly number[]) => {
    let state = cusumStart;
    const alarms = zs.map((z) => {
      const step = stepCusum(state, z);
      state = step.state;
      return step.alarm;
    });
    return { alarms, state };
  };
  it('adds what is beyond the slack, and alarms where the sum passes the limit', () => {
    // 1.5 a window: 1.5, 3, 4.5, 6.
    assert.deepEqual(feed([2, 2, 2, 2]).alarms, [undefined, undefined, undefined, 'up']);
    assert.equal(feed([-4, -4]).alarms[1], 'down');
    assert.equal(feed([5.5]).alarms[0], undefined);
    assert.equal(feed([5.6]).alarms[0], 'up');
  });
  it('forgets what is within the slack', () => {
    const { state, alarms } = feed(new Array<number>(1_000).fill(0.5));
    assert.deepEqual(
      [state.high, state.low, alarms.some((alarm) => alarm !== undefined)],
      [0, 0, false],
    );
  });
  it('calls a shift over after twenty windows without an alarm', () => {
    const shifted = [4, 4];
    assert.equal(feed([...shifted, ...new Array<number>(19).fill(0)]).state.shift, 'up');
    assert.equal(feed([...shifted, ...new Array<number>(20).fill(0)]).state.shift, undefined);
    assert.equal(feed([...shifted, ...new Array<number>(100).fill(1)]).state.shift, 'up');
  });
});

describe('outputBaseline', () => {
  it('tells what windows differ by from the noise of their rows', () => {
    const windows = [0.1, 0.3, 0.2, 0.4, 0.25].map((mean) => ({ rows: 100, mean }));
    const baseline = outputBaseline(windows, 0.4);
    assert.equal(baseline.mean, 0.25);
    // Variance of the means 0.0125, of which the rows explain 0.16 / 100.
    assert.ok(Math.abs(baseline.windowStd ** 2 - (0.0125 - 0.0016)) < 1e-15);
    const z = windowDeviation(baseline, { rows: 100, mean: 0.35 });
    assert.ok(Math.abs(z - 0.1 / Math.sqrt(0.0125)) < 1e-12);
    // Fewer rows are noisier.
    assert.ok(windowDeviation(baseline, { rows: 4, mean: 0.35 }) < z);
  });
  it('says nothing about an empty window or where nothing varies, and wants two windows', () => {
    const same = [
      { rows: 10, mean: 0.5 },
      { rows: 10, mean: 0.5 },
    ];
    assert.equal(windowDeviation(outputBaseline(same, 0), { rows: 9, mean: 0.7 }), 0);
    assert.equal(windowDeviation(outputBaseline(same, 1), { rows: 0, mean: 0.7 }), 0);
    assert.throws(() => outputBaseline(same.slice(1), 1), /wanted two windows/);
  });
});

describe('output sums', () => {
  it('merge to the same mean in any order, within a millionth of a deviation', () => {
    const unit = outputUnit(0.3);
    const outputs = Array.from(
      { length: 3_000 },
      (_, index) => ((index * 7_919) % 10_007) / 10_007,
    );
    const sumOf = (some: readonly number[]) =>
      some.reduce((sums, output) => addOutput(sums, output, unit), noOutputs);
    const [left, right] = [sumOf(outputs.slice(0, 1_000)), sumOf(outputs.slice(1_000))];
    const whole = sumOf(outputs.toReversed());
    assert.deepEqual(mergeOutputs(left, right), whole);
    assert.deepEqual(mergeOutputs(right, left), JSON.parse(JSON.stringify(whole)));
    const mean = outputs.reduce((sum, output) => sum + output, 0) / outputs.length;
    assert.ok(Math.abs((meanOutput(whole, unit) ?? 0) - mean) < 0.3e-6);
  });
  it('leave out what is not finite, and know no mean of nothing', () => {
    const sums = addOutput(addOutput(noOutputs, Number.NaN, 1), Number.POSITIVE_INFINITY, 1);
    assert.deepEqual(sums, { rows: 0, notFinite: 2, units: 0 });
    assert.equal(meanOutput(sums, 1), undefined);
    assert.deepEqual([outputUnit(1), outputUnit(0)], [2 ** -14, 2 ** -20]);
    assert.throws(() => outputUnit(Number.NaN), /wanted a standard deviation/);
  });
});

describe('plain rules', () => {
  const alarmsOf = (zs: readonly number[], windowsNeeded: number) => {
    let state = meanRuleStart;
    return zs.map((z) => {
      const step = stepMeanRule(state, z, { deviations: 2, windowsNeeded });
      state = step.state;
      return step.isAlarm;
    });
  };
  it("alarm on one window by the pattern's rule, and on two to the same side by default", () => {
    assert.deepEqual(alarmsOf([2, 2.1, 0], 1), [false, true, false]);
    assert.deepEqual(alarmsOf([2.1, -2.1, -2.1, -3], 2), [false, false, true, true]);
    assert.deepEqual(alarmsOf([2.1, 0, 2.1], 2), [false, false, false]);
  });
  it('alarm where the p-value is below alpha', () => {
    assert.deepEqual([isKsAlarm(0.049, 0.05), isKsAlarm(0.05, 0.05)], [true, false]);
  });
});
