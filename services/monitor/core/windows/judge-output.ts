import type { OutputPlan } from '../../../shared/definition/monitoring-policy.ts';
import { type CusumState, cusumPolicy, cusumStart, stepCusum } from '../statistics/cusum.ts';
import { outputBaseline, windowDeviation } from '../statistics/output-baseline.ts';
import { meanOutput, outputUnit } from '../statistics/output-sums.ts';
import { type MeanRuleState, meanRuleStart, stepMeanRule } from '../statistics/plain-rules.ts';
import type { ProfiledColumn } from '../statistics/read-profile.ts';
import type { WindowCounts } from './window-counts.ts';

/** What is remembered of a version's outputs between windows, as plain data. */
export interface OutputState {
  readonly cusum: CusumState;
  readonly mean: MeanRuleState;
  /** End of the window that raised; absent while the outputs have not shifted. */
  readonly sinceMs?: number;
}

/** The state before the first window. */
export const outputStart: OutputState = { cusum: cusumStart, mean: meanRuleStart };

/** What a window says of the mean output. */
export interface OutputFinding {
  readonly mean: number;
  readonly baselineMean: number;
  /** How far it is off, in deviations of means of such windows. */
  readonly deviations: number;
  /** Cumulative sums above and below, after this window. */
  readonly high: number;
  readonly low: number;
  readonly isShifted: boolean;
}

/** What a window says, and what is remembered. */
export interface JudgedOutput {
  readonly state: OutputState;
  /** Absent where the window or the reference says nothing. */
  readonly finding?: OutputFinding;
}

// 5: a spread needs some windows.
const windowsMin = 5;

/** Judges the mean output of a window that ended at `endMs`. A pure function of stored counts. `effectiveRows` is that of the window's requests. */
export function judgeOutput(
  window: {
    readonly counts: WindowCounts;
    readonly effectiveRows: number;
    readonly endMs: number;
  },
  reference: ProfiledColumn | undefined,
  state: OutputState,
  plan: OutputPlan,
): JudgedOutput {
  const means = (reference?.windowMeans ?? []).filter(({ rows }) => rows > 0);
  const rowStd = reference?.std ?? 0;
  const mean = meanOutput(window.counts.outputSums, outputUnit(rowStd));
  if (means.length < windowsMin || mean === undefined || window.effectiveRows <= 0)
    return { state };
  const baseline = outputBaseline(means, rowStd);
  const z = windowDeviation(baseline, { rows: window.effectiveRows, mean });
  const cusum = stepCusum(state.cusum, z, { ...cusumPolicy, ...plan }).state;
  const plain = stepMeanRule(state.mean, z, plan);
  const isShifted = plan.rule === 'cusum' ? cusum.shift !== undefined : plain.isAlarm;
  const sinceMs = isShifted ? (state.sinceMs ?? window.endMs) : undefined;
  return {
    state: { cusum, mean: plain.state, ...(sinceMs === undefined ? {} : { sinceMs }) },
    finding: {
      ...{ mean, baselineMean: baseline.mean, deviations: z, isShifted },
      ...{ high: cusum.high, low: cusum.low },
    },
  };
}
