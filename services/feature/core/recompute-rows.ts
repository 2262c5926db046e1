import { FeatureVector } from '../../shared/compute/feature-vector.ts';
import {
  entityKey,
  type FeatureSetPlan,
  joinKeyIndexes,
  type ViewPlan,
} from '../../shared/compute/plan.ts';
import { recomputationOf } from '../../shared/compute/recompute.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
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
 * source, all events that matter. Goes through the rows entity by entity, so that what an entity's events contribute is
 * worked out once. Yields how many rows of how many views are done.
 */
export function* recomputeRows(
  query: RecomputeQuery,
  eventsOf: (source: string) => EventTable,
): Generator<number, FeatureVector> {
  const { featureSet, rows } = query;
  const result = new FeatureVector(rows * viewColumnsOf(featureSet).length);
  let done = 0;
  for (const [viewIndex, view] of featureSet.views.entries()) {
    const groups = new EntityGroups(eventsOf(view.source), view);
    for (const [key, own] of rowsByEntity(view, query)) {
      const found = groups.indexOf(key);
      const events = found === undefined ? emptyEvents(view) : groups.at(found).events;
      const recompute = recomputationOf(view, events);
      for (const row of own) {
        const vector = recompute(query.atMs[row] ?? 0, query.logOffsets[row] ?? 0);
        copyColumns(featureSet, { vector, viewIndex }, { into: result, row });
        done += 1;
      }
      yield done;
    }
  }
  return result;
}

/** Gives the rows of a query by the entity of a view, in order of first appearance. */
export function rowsByEntity(
  view: ViewPlan,
  { featureSet, rows, keys }: Pick<RecomputeQuery, 'featureSet' | 'rows' | 'keys'>,
): ReadonlyMap<string, readonly number[]> {
  const { joinKeys } = featureSet;
  const indexes = joinKeyIndexes(view, joinKeys);
  const byKey = new Map<string, number[]>();
  for (let row = 0; row < rows; row += 1) {
    const key = entityKey(indexes.map((index) => keys[row * joinKeys.length + index] ?? ''));
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [row]);
    else known.push(row);
  }
  return byKey;
}

function copyColumns(
  featureSet: FeatureSetPlan,
  from: { readonly vector: FeatureVector; readonly viewIndex: number },
  { into, row }: { readonly into: FeatureVector; readonly row: number },
): void {
  const columns = viewColumnsOf(featureSet);
  columns.forEach(({ column }, index) => {
    if (column.viewIndex !== from.viewIndex) return;
    const cell = row * columns.length + index;
    into.values[cell] = from.vector.values[column.featureIndex] ?? Number.NaN;
    into.statuses[cell] = from.vector.statuses[column.featureIndex] ?? 0;
  });
}
