import assert from 'node:assert/strict';
import { columnsOf, compileExpression } from './expression.ts';
import { featureStatus } from './feature-status.ts';
import { FeatureVector } from './feature-vector.ts';
import type { DerivedFeaturePlan, FeaturePlan, FeatureSetColumn, FeatureSetPlan } from './plan.ts';

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
  /** Writes one row from `into[offset]` on; NaN (a missing request input) becomes 0. A model gets it as float32. */
  assemble(parts: RowParts, into: Float32Array | Float64Array, offset: number): void;
}

/** Compiles the order of a feature set's columns. */
export function compileRow(featureSet: FeatureSetPlan): RowAssembler {
  const viewColumns = viewColumnsOf(featureSet);
  const readers = featureSet.columns.map((column) => readerOf(column, featureSet, viewColumns));
  return {
    columns: readers.length,
    viewColumns: viewColumns.length,
    assemble(parts, into, offset) {
      for (let column = 0; column < readers.length; column += 1) {
        const value = readers[column]?.(parts) ?? Number.NaN;
        into[offset + column] = Number.isNaN(value) ? 0 : value;
      }
    },
  };
}

/** Reads one column of a row; NaN where it is missing. */
type ColumnReader = (parts: RowParts) => number;

function readerOf(
  column: FeatureSetColumn,
  featureSet: FeatureSetPlan,
  viewColumns: readonly ViewColumn[],
): ColumnReader {
  switch (column.kind) {
    case 'view': {
      const index = viewColumns.findIndex((view) => view.column.name === column.name);
      return ({ views, viewOffset }) => views[viewOffset + index] ?? Number.NaN;
    }
    case 'request': {
      const { requestIndex } = column;
      return ({ requests, requestOffset }) => requests[requestOffset + requestIndex] ?? Number.NaN;
    }
    case 'derived': {
      const plan = featureSet.derivedFeatures[column.derivedIndex];
      assert(plan !== undefined, `feature set '${featureSet.name}' lacks '${column.name}'`);
      return derivedReader(plan, featureSet, viewColumns);
    }
  }
}

function derivedReader(
  plan: DerivedFeaturePlan,
  featureSet: FeatureSetPlan,
  viewColumns: readonly ViewColumn[],
): ColumnReader {
  const names = columnsOf(plan.expression);
  const inputs = names.map((name): ColumnReader => {
    const view = viewColumns.find((candidate) => candidate.column.name === name);
    if (view !== undefined) return readerOf(view.column, featureSet, viewColumns);
    const requestIndex = featureSet.requestFeatures.findIndex((request) => request.name === name);
    assert(requestIndex >= 0, `feature set '${featureSet.name}' lacks '${name}'`);
    return ({ requests, requestOffset }) => requests[requestOffset + requestIndex] ?? Number.NaN;
  });
  const evaluate = compileExpression(plan.expression, names);
  // One row of columns, filled anew each time: expressions read columns.
  const cells = names.map(() => new Float64Array(1));
  return (parts) => {
    cells.forEach((cell, index) => {
      cell[0] = inputs[index]?.(parts) ?? Number.NaN;
    });
    const value = evaluate(cells, 0) + 0;
    return Number.isNaN(value) ? plan.default : value;
  };
}

/** A view column of a feature set, with its feature. */
export interface ViewColumn {
  readonly column: Extract<FeatureSetColumn, { kind: 'view' }>;
  readonly feature: FeaturePlan;
}

/** Gives the view columns of a feature set in the order in which vectors hold them: the model's, then those that only derived features read. */
export function viewColumnsOf(featureSet: FeatureSetPlan): readonly ViewColumn[] {
  return [...featureSet.columns, ...featureSet.hiddenColumns].flatMap((column) => {
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
