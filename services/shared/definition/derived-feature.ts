import type { DerivedFeaturePlan } from '../compute/plan.ts';
import { canonicalExpression } from './canonical-expression.ts';
import { definitionInvalid } from './definition-error.ts';
import { type Condition, NumberTerm } from './term.ts';

/** A feature that is computed from other features; its name is its key in `derivedFeatures` of the mesh. */
export interface DerivedFeatureDefinition {
  readonly kind: 'derived';
  /**
   * Runs the author's function once and gives the plan.
   * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the feature.
   */
  compile(name: string): DerivedFeaturePlan;
}

/** What derived features are written against: the values of other features, their defaults in place. */
export interface FeatureRow {
  /** A view or request feature of the mesh; one that gives several values by the name of each of them. */
  feature(name: string): NumberTerm;
}

/**
 * Gives a feature that is computed from other features of the same row:
 * `derivedFeature((row) => row.feature('spend7d').dividedBy(row.feature('spend30d')), { default: 0 })`.
 * The default stands in where there is nothing to compute from, as after a division by zero.
 */
export function derivedFeature(
  build: (row: FeatureRow) => NumberTerm | Condition,
  options: { readonly default?: number } = {},
): DerivedFeatureDefinition {
  const standIn = options.default ?? 0;
  return Object.freeze({
    kind: 'derived',
    compile(name) {
      if (!Number.isFinite(standIn)) {
        throw definitionInvalid(
          `derived feature '${name}'`,
          `wanted a finite default, got ${standIn}`,
        );
      }
      const row: FeatureRow = {
        feature: (column) => new NumberTerm({ kind: 'column', column }),
      };
      const expression = canonicalExpression(build(row).expression);
      return { name, expression, default: standIn + 0 };
    },
  } satisfies DerivedFeatureDefinition);
}
