import { compileView } from '../../shared/compute/compiled-view.ts';
import { featureStatus } from '../../shared/compute/feature-status.ts';
import type { FeatureVector } from '../../shared/compute/feature-vector.ts';
import { entityKeySeparator, type ViewPlan } from '../../shared/compute/plan.ts';
import { sweepView } from '../../shared/compute/sweep.ts';
import type { EntityGroup, EntityGroups } from '../core/entity-groups.ts';
import type { RowBatch, RowNames } from '../ports.ts';
import { gridColumns } from './materialize-plan.ts';

/** Statuses as files name them, by their byte. A grid has no others: its entities have events, and nobody has to answer. */
const statusTexts = ((): readonly string[] => {
  const texts: string[] = [];
  texts[featureStatus.present] = 'present';
  texts[featureStatus.null] = 'null';
  texts[featureStatus.notFound] = 'not_found';
  texts[featureStatus.outsideMaxAge] = 'outside_max_age';
  return texts;
})();

/** Rows of one batch at least, but for the last. */
const batchRowsMin = 2_048;

/** Gives the columns of a view's files: keys, time, values, and a status for each value. */
export function gridNames({ by, features }: ViewPlan): Required<RowNames> {
  const names = features.map(({ name }) => name);
  return {
    texts: by,
    numbers: [gridColumns.at, ...names],
    codes: names.map((name) => ({ name: gridColumns.status(name), texts: statusTexts })),
  };
}

/** Gives, entity by entity, the values at each time that has an event of the entity before it. `times` ascend. */
export function* gridRows(
  view: ViewPlan,
  groups: EntityGroups,
  times: Float64Array,
): Generator<RowBatch, undefined> {
  const compiled = compileView(view);
  let swept: SweptEntity[] = [];
  let rows = 0;
  for (let index = 0; index < groups.count; index += 1) {
    const group = groups.at(index);
    const own = timesAfter(times, group.events.ts[0] ?? Number.POSITIVE_INFINITY);
    if (own.length === 0) continue;
    swept.push({ group, times: own, vector: sweepView(compiled, group.events, own) });
    rows += own.length;
    if (rows < batchRowsMin) continue;
    yield batchOf(view, swept, rows);
    swept = [];
    rows = 0;
  }
  if (rows > 0) yield batchOf(view, swept, rows);
}

interface SweptEntity {
  readonly group: EntityGroup;
  readonly times: Float64Array;
  /** [times, features] row-major. */
  readonly vector: FeatureVector;
}

function timesAfter(times: Float64Array, firstTs: number): Float64Array {
  const from = times.findIndex((t) => firstTs < t);
  return from === -1 ? times.subarray(0, 0) : times.subarray(from);
}

function batchOf(
  { by, features }: ViewPlan,
  swept: readonly SweptEntity[],
  rows: number,
): RowBatch {
  const texts = by.map((): string[] => []);
  const atMs = new Float64Array(rows);
  const values = features.map(() => new Float64Array(rows));
  const codes = features.map(() => new Uint8Array(rows));
  let at = 0;
  for (const { group, times, vector } of swept) {
    const key = group.key.split(entityKeySeparator);
    texts.forEach((column, part) => {
      for (let row = 0; row < times.length; row += 1) column.push(key[part] ?? '');
    });
    atMs.set(times, at);
    features.forEach((_, feature) => {
      for (let row = 0; row < times.length; row += 1) {
        const cell = row * features.length + feature;
        values[feature]?.fill(vector.values[cell] ?? Number.NaN, at + row, at + row + 1);
        codes[feature]?.fill(vector.statuses[cell] ?? 0, at + row, at + row + 1);
      }
    });
    at += times.length;
  }
  return { rows, texts, numbers: [atMs, ...values], codes };
}
