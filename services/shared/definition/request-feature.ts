import type { RequestFeaturePlan } from '../compute/plan.ts';
import { canonicalExpression } from './canonical-expression.ts';
import type { Columns } from './column.ts';
import { type RowFrame, rowFrame } from './row-frame.ts';
import type { SourceDefinition } from './source.ts';
import type { Condition, NumberTerm } from './term.ts';

/** A feature that is computed from the request; its name is its key in `requestFeatures` of the mesh. */
export interface RequestFeatureDefinition {
  readonly kind: 'request';
  readonly source: SourceDefinition;
  /**
   * Runs the author's function once and gives the plan.
   * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the feature.
   */
  compile(name: string): RequestFeaturePlan;
}

/**
 * Gives a feature that is computed from the request alone: `requestFeature(flights, (r) => r.col('date').hourOfDay())`.
 * A request gives the columns that are read; in training the example's own columns stand for them.
 */
export function requestFeature<C extends Columns>(
  source: SourceDefinition<C>,
  build: (request: RowFrame<C>) => NumberTerm | Condition,
): RequestFeatureDefinition {
  return Object.freeze({
    kind: 'request',
    source,
    compile(name) {
      const { expression } = build(rowFrame(source.columns, `request feature '${name}'`));
      return { name, expression: canonicalExpression(expression) };
    },
  } satisfies RequestFeatureDefinition);
}
