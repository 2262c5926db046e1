/** When a column counts as drifted. */
export interface DriftPolicy {
  /** Most that an adjusted p-value may be; 0.01 by default. */
  readonly significance: number;
  /** Windows with fewer effective rows are not judged; 500 by default. */
  readonly effectiveRowsMin: number;
  /** So many of the last `windowsLooked` judged windows raise, or clear; 2 of 3 by default. */
  readonly windowsNeeded: number;
  readonly windowsLooked: number;
  /** Share of the threshold below which a window speaks for clearing; 0.7 by default. */
  readonly clearShare: number;
}

/** The defaults of {@link DriftPolicy}. */
export const driftPolicy: DriftPolicy = {
  significance: 0.01,
  effectiveRowsMin: 500,
  windowsNeeded: 2,
  windowsLooked: 3,
  clearShare: 0.7,
};

/** What one window says: its effect is above the threshold and significant, below the share that clears, or neither. */
export type WindowSign = 'drifted' | 'between' | 'clear';

/** What is remembered of a column between windows, as plain data. */
export interface DriftState {
  readonly isDrifting: boolean;
  /** End of the window that raised; absent while nothing drifts. */
  readonly sinceMs?: number;
  /** Of the last judged windows, oldest first. */
  readonly recent: readonly WindowSign[];
}

/** What was measured in a window. */
export interface DriftFinding {
  readonly endMs: number;
  /** 0 to 1, as the threshold. */
  readonly effect: number;
  readonly threshold: number;
  /** Adjusted for all that was tested in this window. */
  readonly adjustedPValue: number;
  readonly effectiveRows: number;
}

/** What a window changed. */
export interface DriftStep {
  readonly state: DriftState;
  /** Undefined for a window of too few rows, which changes nothing. */
  readonly sign: WindowSign | undefined;
  readonly change: 'raised' | 'cleared' | 'none';
}

/** The state before the first window. */
export const quiet: DriftState = { isDrifting: false, recent: [] };

/**
 * Judges one window: drift is an effect, and significance, and persistence. An effect alone may be noise of few rows, significance alone is certain at a million
 * rows whatever the effect, and either may come and go. A transition needs so many of the last windows, and the latest must be one of them:
 *
 * | state | windowsNeeded of windowsLooked are | next |
 * |---|---|---|
 * | quiet | drifted: effect > threshold and p < significance | drifting |
 * | drifting | clear: effect < clearShare x threshold | quiet |
 */
export function judgeWindow(
  state: DriftState,
  finding: DriftFinding,
  policy: DriftPolicy = driftPolicy,
): DriftStep {
  if (finding.effectiveRows < policy.effectiveRowsMin) {
    return { state, sign: undefined, change: 'none' };
  }
  const sign = signOf(finding, policy);
  const recent = [...state.recent, sign].slice(-policy.windowsLooked);
  const turning: WindowSign = state.isDrifting ? 'clear' : 'drifted';
  const isTurn =
    sign === turning && recent.filter((one) => one === turning).length >= policy.windowsNeeded;
  if (!isTurn) return { state: { ...state, recent }, sign, change: 'none' };
  // What led here has had its effect: the way back needs windows of its own.
  if (state.isDrifting) return { state: quiet, sign, change: 'cleared' };
  const raised = { isDrifting: true, sinceMs: finding.endMs, recent: [] };
  return { state: raised, sign, change: 'raised' };
}

function signOf(finding: DriftFinding, { significance, clearShare }: DriftPolicy): WindowSign {
  const { effect, threshold, adjustedPValue } = finding;
  if (effect > threshold && adjustedPValue < significance) return 'drifted';
  return effect < clearShare * threshold ? 'clear' : 'between';
}
