/** When the rule of a mean alarms. */
export interface MeanRulePolicy {
  /** Deviations that a window may be off; 2 by default. */
  readonly deviations: number;
  /** Windows in a row that have to be off to the same side; 2 by default, 1 is the pattern's own rule. */
  readonly windowsNeeded: number;
}

/**
 * The defaults of {@link MeanRulePolicy}. On independent windows with z in standard deviations of window means, one window at 2 deviations alarms falsely once in 22
 * windows, and two in a row on the same side once in some 990.
 */
export const meanRulePolicy: MeanRulePolicy = { deviations: 2, windowsNeeded: 2 };

/** Windows in a row that were off, with their side: positive above, negative below; plain data. */
export interface MeanRuleState {
  readonly run: number;
}

/** The state before the first window. */
export const meanRuleStart: MeanRuleState = { run: 0 };

/**
 * The pattern's rule on outputs: |mean - baseline| > 2 standard deviations. `z` is the window's mean in standard deviations: of window means, from {@link windowDeviation}. With those
 * of single predictions the rule never fires at serving volume.
 */
export function stepMeanRule(
  { run }: MeanRuleState,
  z: number,
  { deviations, windowsNeeded }: MeanRulePolicy = meanRulePolicy,
): { readonly state: MeanRuleState; readonly isAlarm: boolean } {
  const side = z > deviations ? 1 : z < -deviations ? -1 : 0;
  const next = side === 0 ? 0 : side * run > 0 ? run + side : side;
  return { state: { run: next }, isAlarm: Math.abs(next) >= windowsNeeded };
}

/**
 * The pattern's rule on inputs: a Kolmogorov-Smirnov test below `alpha`. It alarms in a share `alpha` of windows where nothing has changed, for each column (hourly windows of 50 columns at
 * 0.05: 60 false alerts a day), and at a million rows for a shift of 0.005 standard deviations. For alerts, {@link judgeWindow} is the default.
 */
export function isKsAlarm(pValue: number, alpha: number): boolean {
  return pValue < alpha;
}
