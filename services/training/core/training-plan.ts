import type { LogisticCandidate, MlpCandidate } from '../../shared/definition/candidate.ts';

/** How one network is trained: together with the rows, all that its weights depend on. */
export interface TrainingPlan {
  /** Units of the hidden layers, first to last; none for a logistic regression. */
  readonly hidden: readonly number[];
  readonly epochs: number;
  /** Of the first step; falls linearly to 0. */
  readonly learningRate: number;
  /** Rows of a step; the last one of an epoch takes what is left. */
  readonly batchRows: number;
  /** Weight of the squared weights in the loss. */
  readonly l2: number;
  /** Of the initial weights and the shuffles. */
  readonly seed: number;
}

/** Gives the plan of a candidate. */
export function planOf(candidate: LogisticCandidate | MlpCandidate, seed: number): TrainingPlan {
  const { epochs, learningRate, batchRows, l2 } = candidate;
  const hidden = candidate.kind === 'mlp' ? candidate.hidden : [];
  return { hidden, epochs, learningRate, batchRows, l2, seed };
}
