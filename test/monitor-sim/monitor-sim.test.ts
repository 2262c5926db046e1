import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { cusumPart } from './cusum-part.ts';
import { drawBinomial, medianOf, normalDraws, zipfDraws } from './draws.ts';
import { driftPart } from './drift-part.ts';
import { gatePart } from './gate-part.ts';
import { ksPart } from './ks-part.ts';
import { rollbackPart } from './rollback-part.ts';
import type { SimPart } from './sim-part.ts';
import { isWithin, renderSim, simBars } from './sim-report.ts';

/** A short form of `npm run sim:monitor`: a tenth of the runs, so shares are known to some points only. */
const figuresOf = async (part: SimPart, runs: number) => {
  const shares: number[] = [];
  const figures = await part.run({ seed: 2001, runs, advance: (share) => shares.push(share) });
  assert.ok(shares.length > 1 && shares.every((share) => share >= 0 && share <= 1 + 1e-9));
  return figures;
};
const between = (value: number | undefined, least: number, most: number) =>
  assert.ok(
    value !== undefined && value >= least && value <= most,
    `${value}: ${least} to ${most}`,
  );

describe('simulation of the monitor', () => {
  it('alarms in about 5 % of windows without drift, also where entities repeat, unless it counts requests', async () => {
    const figures = await figuresOf(ksPart, 150);
    // 0.05 and three standard errors of 150 windows.
    between(figures['ks_false_alarm'], 0.005, 0.105);
    between(figures['ks_false_alarm_repeats'], 0, 0.12);
    between(figures['ks_false_alarm_rows'], 0.9, 1);
  });

  it('keeps to its setting in false drift alerts a week, and finds what drifts', async () => {
    const figures = await figuresOf(driftPart, 1);
    between(figures['drift_alerts_per_week'], 0.2, 2.5);
    between(figures['drift_found_windows'], 2, 2.5);
    between(figures['drift_alerts_per_week_plain'], 500, 1_680);
  });

  it('keeps to the error of its gates over all looks, and passes what is as good', async () => {
    const figures = await figuresOf(gatePart, 100);
    between(figures['gate_error'], 0, 0.08);
    between(figures['gate_error_entities'], 0, 0.08);
    between(figures['gate_power'], 0.73, 1);
  });

  it('takes back what fails more, and nothing in hours with outages of both versions', async () => {
    const figures = await figuresOf(rollbackPart, 30);
    assert.equal(figures['false_rollbacks'], 0);
    between(figures['detect_3pct_s'], 60, 220);
    between(figures['detect_20pct_s'], 5, 40);
  });

  it('alarms as rarely and as soon as a cumulative sum does', async () => {
    const figures = await figuresOf(cusumPart, 100);
    between(figures['cusum_run_length'], 430, 500);
    between(figures['cusum_shift_1std'], 9.9, 10.9);
  });
});

describe('draws', () => {
  const random = seededRandom(5);
  const mean = (count: number, draw: () => number) =>
    Array.from({ length: count }, draw).reduce((sum, value) => sum + value, 0) / count;
  it('have the moments that they should have', () => {
    const normal = normalDraws(random);
    // Four standard errors of 40,000.
    between(mean(40_000, normal), -0.02, 0.02);
    between(
      mean(40_000, () => normal() ** 2),
      0.97,
      1.03,
    );
    between(
      mean(20_000, () => drawBinomial(random, 250, 0.02)),
      4.93,
      5.07,
    );
    between(
      mean(20_000, () => drawBinomial(random, 3, 0.9)),
      2.68,
      2.72,
    );
    assert.deepEqual([drawBinomial(random, 9, 0), drawBinomial(random, 9, 1)], [0, 9]);
    const zipf = zipfDraws(random, 3);
    const share = mean(20_000, () => (zipf() === 0 ? 1 : 0));
    between(share, 6 / 11 - 0.015, 6 / 11 + 0.015);
    assert.equal(medianOf([3, 1, 2]), 2);
  });
});

describe('report of the simulation', () => {
  it('says of each figure whether it is within its bar', () => {
    const figures = { ks_false_alarm: 0.051, gate_power: 0.79, detections: 400 };
    const text = renderSim(figures);
    assert.match(text, /ks_false_alarm +│ 5\.1 % +│ 3 % to 8 % +│ pass/);
    assert.match(text, /gate_power +│ 79 % +│ 80 % to 100 % +│ miss/);
    assert.match(text, /also: detections 400/);
    const verdicts = simBars.map((bar) => isWithin(bar, figures));
    assert.deepEqual(new Set(verdicts), new Set([true, false, undefined]));
  });
});
