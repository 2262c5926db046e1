import type { Expression } from '../compute/expression.ts';
import type { AggregatePlan, WindowPlan } from '../compute/plan.ts';

/** A finished aggregate: what the author's function returns. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly by: readonly string[];
  readonly window: WindowPlan;
  readonly filter: Expression | undefined;
  readonly plan: AggregatePlan;
}

/** Several aggregates, each a feature of its own whose name ends in its suffix. */
export interface AggregateList {
  readonly kind: 'list';
  readonly items: readonly { readonly suffix: string; readonly aggregate: Aggregate }[];
}
