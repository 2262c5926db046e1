import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import {
  entityKey,
  type FeatureSetPlan,
  joinKeyIndexes,
  type ViewPlan,
} from '../../shared/compute/plan.ts';
import { recomputeView } from '../../shared/compute/recompute.ts';
import { EntityGroups } from './entity-groups.ts';
import type { EventTable } from './event-table.ts';
import { emptyEvents } from './training-set.ts';

/** Rows to compute again. */
export interface RecomputeQuery {
  readonly featureSet: FeatureSetPlan;
  readonly rows: number;
  /** Entity keys, row-major: [rows, join keys]. */
  readonly keys: readonly string[];
  /** Time t of each row, epoch ms. */
  readonly atMs: Float64Array;
  /** Log offset L of each row. */
  readonly logOffsets: Float64Array;
}

/** Gives the texts that the key columns of a view's events may hold to matter for any row: by column. */
export function wantedKeys(
  view: ViewPlan,
  query: RecomputeQuery,
): ReadonlyMap<string, readonly string[]> {
  const indexes = joinKeyIndexes(view, query.featureSet.joinKeys);
  const [first = 0] = indexes;
  const width = query.featureSet.joinKeys.length;
  const texts = new Set<string>();
  for (let row = 0; row < query.rows; row += 1) texts.add(query.keys[row * width + first] ?? '');
  return new Map([[view.by[0] ?? '', [...texts]]]);
}

/**
 * Computes the view columns of all rows by the plain definition, [rows, view columns] row-major. `eventsOf` gives, for a
 * source, all events that matter. Yields how many rows are done.
 */
export function* recomputeRows(
  query: RecomputeQuery,
  eventsOf: (source: string) => EventTable,
): Generator<number, FeatureVector> {
  const { featureSet, rows } = query;
  const groups = featureSet.views.map((view) => new EntityGroups(eventsOf(view.source), view));
  const viewColumns = featureSet.columns.filter((column) => column.kind === 'view');
  const result = new FeatureVector(rows * viewColumns.length);
  for (let row = 0; row < rows; row += 1) {
    const vectors = featureSet.views.map((view, index) =>
      recomputeRow(query, row, { view, groups: groups[index] }),
    );
    viewColumns.forEach((column, index) => {
      const vector = vectors[column.viewIndex];
      const cell = row * viewColumns.length + index;
      result.values[cell] = vector?.values[column.featureIndex] ?? Number.NaN;
      result.statuses[cell] = vector?.statuses[column.featureIndex] ?? 0;
    });
    yield row + 1;
  }
  return result;
}

function recomputeRow(
  query: RecomputeQuery,
  row: number,
  { view, groups }: { readonly view: ViewPlan; readonly groups: EntityGroups | undefined },
): FeatureVector {
  const { joinKeys } = query.featureSet;
  const parts = joinKeyIndexes(view, joinKeys).map(
    (index) => query.keys[row * joinKeys.length + index] ?? '',
  );
  const found = groups?.indexOf(entityKey(parts));
  const events =
    groups === undefined || found === undefined ? emptyEvents(view) : groups.at(found).events;
  return recomputeView(view, events, query.atMs[row] ?? 0, query.logOffsets[row] ?? 0);
}
