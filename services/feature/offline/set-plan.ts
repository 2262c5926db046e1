import type { MeshModel } from '../../shared/definition/mesh.ts';
import type { ExampleRule, ExampleSegment } from '../core/training-set.ts';

/** What a set's features may know. */
export type SetMode = ComputedMode | 'as-logged';

/** What features that are computed may know. */
export type ComputedMode = 'as-served' | 'as-corrected';

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
  /** As logged: answers with a number below this count; otherwise 0. */
  readonly answersBefore: number;
  /** As logged: how much before the time of an example its answer may have been given, ms; otherwise 0. */
  readonly answerAgeMaxMs: number;
  /** Columns of the examples that are given beside the rows; no part of the set. */
  readonly segments: readonly ExampleSegment[];
}

/** Gives the rule that makes the examples of a set. */
export function exampleRule({ model, ...choice }: SetPlan): ExampleRule {
  const { at, label } = model.pipeline;
  const { fromMs, untilMs, rowsMax, seed, segments } = choice;
  return { at, label, fromMs, untilMs, rowsMax, seed, segments };
}
