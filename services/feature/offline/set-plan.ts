import type { MeshModel } from '../../shared/definition/mesh.ts';
import type { ExampleRule } from '../core/training-set.ts';

/** What a set's features may know. */
export type SetMode = 'as-served' | 'as-corrected';

/** One training set that is wanted. */
export interface SetPlan {
  readonly model: MeshModel;
  /** Examples with t in [fromMs, untilMs), epoch ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** At most so many examples, chosen by the seed; 0 means all. */
  readonly rowsMax: number;
  readonly seed: number;
  /** Log offset up to which events count. */
  readonly logOffset: number;
  readonly mode: SetMode;
}

/** Gives the rule that makes the examples of a set. */
export function exampleRule({ model, ...choice }: SetPlan): ExampleRule {
  const { at, label } = model.pipeline;
  const { fromMs, untilMs, rowsMax, seed } = choice;
  return { at, label, fromMs, untilMs, rowsMax, seed };
}
