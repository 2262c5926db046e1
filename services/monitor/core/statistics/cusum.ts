/** When a cumulative sum alarms; in standard deviations of window means. */
export interface CusumPolicy {
  /** What a window may be off without counting: half of the shift that is to be found; 0.5 by default. */
  readonly slack: number;
  /** Sum that alarms; 5 by default. */
  readonly limit: number;
  /** Windows without an alarm after which a shift counts as over; 20 by default. */
  readonly quietWindows: number;
}

/**
 * The defaults of {@link CusumPolicy}: a false alarm in some 465 windows on average, a shift of one deviation found in 10 and of two in 4.
 * 20 quiet windows: a shift of one deviation that lasts alarms again within them 19 times in 20.
 */
export const cusumPolicy: CusumPolicy = { slack: 0.5, limit: 5, quietWindows: 20 };

/** Sums of what windows were off, upwards and downwards, 0 or more; plain data. */
export interface CusumState {
  readonly high: number;
  readonly low: number;
  /** Which way the output has moved; absent while it has not. */
  readonly shift?: 'up' | 'down';
  /** Windows since the last alarm, or the begin. */
  readonly windows: number;
}

/** The state before the first window. */
export const cusumStart: CusumState = { high: 0, low: 0, windows: 0 };

/** What a window changed. */
export interface CusumStep {
  readonly state: CusumState;
  /** Side whose sum has just passed the limit. */
  readonly alarm: 'up' | 'down' | undefined;
}

/**
 * Adds a window whose mean is `z` standard deviations of window means off its baseline. After an alarm the sums begin anew, so that a shift that lasts alarms again. O(1).
 * @source Page 1954, two-sided tabular form; Montgomery, "Introduction to Statistical Quality Control", 9.1
 */
export function stepCusum(
  state: CusumState,
  z: number,
  { slack, limit, quietWindows }: CusumPolicy = cusumPolicy,
): CusumStep {
  const high = Math.max(0, state.high + z - slack);
  const low = Math.max(0, state.low - z - slack);
  if (high > limit || low > limit) {
    const alarm = high > limit ? 'up' : 'down';
    return { state: { high: 0, low: 0, shift: alarm, windows: 0 }, alarm };
  }
  const windows = state.windows + 1;
  const { shift } = state;
  const isOver = shift === undefined || windows >= quietWindows;
  return { state: { high, low, windows, ...(isOver ? {} : { shift }) }, alarm: undefined };
}
