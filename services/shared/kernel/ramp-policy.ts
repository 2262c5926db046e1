/** How a canary gets more of the traffic, step by step. */
export interface RampPolicy {
  /** Shares of the cohorts that control does not have, above 0 and at most 1, ascending; at least one. */
  readonly steps: readonly number[];
  /** Milliseconds that a step lasts at least. */
  readonly holdForMs: number;
}

/** The ramp of a model whose policy names no other. */
export const defaultRamp: RampPolicy = {
  // 1, 5, 10, 25, 50, 100 %: what is wrong with a version hurts few callers at first, and each step has enough traffic to decide the next by.
  steps: [0.01, 0.05, 0.1, 0.25, 0.5, 1],
  // 1 hour: at 1 request/s a step of 1 % has 36 answers by then, one of 25 % has 900.
  holdForMs: 3_600_000,
};

/** Gives what is wrong with the steps of a ramp, in words; undefined when nothing is. */
export function faultOfSteps(steps: readonly number[]): string | undefined {
  if (steps.length === 0) return 'wanted at least one step, got none';
  for (const [index, share] of steps.entries()) {
    if (!(share > 0 && share <= 1)) return `wanted shares above 0 and at most 1, got ${share}`;
    if (index > 0 && share <= (steps[index - 1] ?? 0)) {
      return `wanted steps that ascend, got ${steps.join(', ')}`;
    }
  }
  return undefined;
}
