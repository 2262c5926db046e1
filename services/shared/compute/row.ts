import assert from 'node:assert/strict';
import { featureStatus } from './feature-status.ts';
import { FeatureVector } from './feature-vector.ts';
import type { FeaturePlan, FeatureSetColumn, FeatureSetPlan } from './plan.ts';

/** The values that one model row is made of, with where each of the two arrays begins. */
export interface RowParts {
  /** View columns in the order of the feature set, as they travel; at `viewOffset`. */
  readonly views: Float64Array;
  readonly viewOffset: number;
  /** Request features in the order of the feature set's `requestFeatures`; at `requestOffset`. */
  readonly requests: Float64Array;
  readonly requestOffset: number;
}

/** Assembles the rows of one feature set. */
export interface RowAssembler {
  /** Columns of a row. */
  readonly columns: number;
  /** Columns that come from views. */
  readonly viewColumns: number;
  /** Writes one float32 row from `into[offset]` on; NaN (a missing request input) becomes 0. */
  assemble(parts: RowParts, into: Float32Array, offset: number): void;
}

/** Compiles the order of a feature set's columns. */
export function compileRow(featureSet: FeatureSetPlan): RowAssembler {
  let viewColumns = 0;
  // A view column becomes its position in the vector, a request column -1 less its index.
  const sources = Int32Array.from(featureSet.columns, (column) =>
    column.kind === 'view' ? viewColumns++ : -1 - column.requestIndex,
  );
  return {
    columns: sources.length,
    viewColumns,
    assemble(parts, into, offset) {
      const { views, viewOffset, requests, requestOffset } = parts;
      for (let column = 0; column < sources.length; column += 1) {
        const from = sources[column] ?? 0;
        const value =
          (from >= 0 ? views[viewOffset + from] : requests[requestOffset - 1 - from]) ?? Number.NaN;
        into[offset + column] = Number.isNaN(value) ? 0 : value;
      }
    },
  };
}

/** A view column of a feature set, with its feature. */
export interface ViewColumn {
  readonly column: Extract<FeatureSetColumn, { kind: 'view' }>;
  readonly feature: FeaturePlan;
}

/** Gives the view columns of a feature set in the order in which vectors hold them. */
export function viewColumnsOf(featureSet: FeatureSetPlan): readonly ViewColumn[] {
  return featureSet.columns.flatMap((column) => {
    if (column.kind !== 'view') return [];
    const feature = featureSet.views[column.viewIndex]?.features[column.featureIndex];
    assert(feature !== undefined, `feature set '${featureSet.name}' lacks '${column.name}'`);
    return [{ column, feature }];
  });
}

/** Gives the vector that stands in for one row when the feature service doesn't answer: the defaults, all unavailable. */
export function unavailableVector(featureSet: FeatureSetPlan): FeatureVector {
  const columns = viewColumnsOf(featureSet);
  const vector = new FeatureVector(columns.length);
  vector.values.set(columns.map(({ feature }) => feature.default));
  vector.statuses.fill(featureStatus.unavailable);
  return vector;
}
