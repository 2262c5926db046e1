import assert from 'node:assert/strict';

/** Mean output of one window. */
export interface WindowMean {
  /** Effective rows, 0 or more. */
  readonly rows: number;
  readonly mean: number;
}

/** How the means of windows vary where nothing is wrong. */
export interface OutputBaseline {
  readonly mean: number;
  /** Of single outputs. */
  readonly rowStd: number;
  /** Of what windows differ beyond the noise of their rows: days, hours, weather. */
  readonly windowStd: number;
}

/**
 * Splits how window means vary into the noise of their rows and what windows really differ by, from at least two windows of the reference, each with rows. Both are needed: a rule in deviations of single
 * outputs never fires at serving volume, and one in the noise of the rows fires for every hour of the day.
 * @source variance components by moments, as DerSimonian and Laird 1986
 */
export function outputBaseline(windows: readonly WindowMean[], rowStd: number): OutputBaseline {
  const isWhole = windows.every(({ rows }) => rows > 0);
  assert.ok(windows.length >= 2 && isWhole, 'wanted two windows or more, each with rows');
  const mean = windows.reduce((sum, window) => sum + window.mean, 0) / windows.length;
  const squares = windows.reduce((sum, window) => sum + (window.mean - mean) ** 2, 0);
  const noise = windows.reduce((sum, { rows }) => sum + rowStd ** 2 / rows, 0) / windows.length;
  const windowVariance = Math.max(0, squares / (windows.length - 1) - noise);
  return { mean, rowStd, windowStd: Math.sqrt(windowVariance) };
}

/** Gives how many standard deviations of window means a window is off; 0 where nothing varies or the window is empty. */
export function windowDeviation(
  { mean, rowStd, windowStd }: OutputBaseline,
  window: WindowMean,
): number {
  if (window.rows <= 0) return 0;
  const std = Math.sqrt(windowStd ** 2 + rowStd ** 2 / window.rows);
  return std === 0 ? 0 : (window.mean - mean) / std;
}
