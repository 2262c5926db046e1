import type { DurationMs } from '../../shared/kernel/units.ts';
import { durationMs } from '../../shared/kernel/units.ts';

/** What decides how long the model may take. */
export interface BudgetInputs {
  /** The policy's budget of the model, 50 ms by default. */
  readonly policyMs: DurationMs;
  /** What is left until the caller's deadline; may be negative. */
  readonly remainingMs: number;
  /** What the fallback needs: its measured 99th percentile plus the policy's margin. */
  readonly reserveMs: DurationMs;
}

/**
 * Gives how long the tier `model` may take, features included: the policy's budget, or what the caller's deadline leaves
 * after the reserve of the fallback when that is less. 0 means: go to the fallback at once.
 */
export function modelBudget(inputs: BudgetInputs): DurationMs {
  return durationMs(Math.max(0, Math.min(inputs.policyMs, inputs.remainingMs - inputs.reserveMs)));
}
