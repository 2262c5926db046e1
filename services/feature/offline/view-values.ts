import type { ViewPlan } from '../../shared/compute/plan.ts';
import { readEventRecordHead } from '../core/event-codec.ts';
import { columnOf, type EventTable } from '../core/event-table.ts';
import { type KeyPartition, partitionFilter } from '../core/key-partition.ts';
import {
  KeyCodes,
  noCode,
  type SharedEvents,
  SharedEventsBuilder,
  sharedCodes,
  sharedDoubles,
} from '../core/shared-events.ts';
import { type SourceSchema, viewShape } from '../core/source-schema.ts';
import type { SliceExamples, SliceRequest } from '../core/sweep-slice.ts';
import { reachMs } from '../core/view-reach.ts';
import { type EventReader, eventParts as eventPartsOf, schemaOf } from '../jobs/job-context.ts';
import { eventParts, type SetLimits } from './set-limits.ts';
import type { ComputedMode } from './set-plan.ts';
import type { SliceRunner } from './slice-runner.ts';

/** Entities at times that features are wanted of: times non-decreasing, all keys of the views among the texts. */
export interface Spine {
  readonly atMs: Float64Array;
  readonly texts: EventTable['texts'];
}

/** What features are computed with. */
export interface ViewValuesParts extends EventReader {
  readonly slices: SliceRunner;
  readonly setLimits: SetLimits;
}

/** What features are wanted. */
export interface ViewValuesQuery {
  readonly views: readonly ViewPlan[];
  readonly spine: Spine;
  readonly mode: ComputedMode;
  readonly logOffset: number;
}

/** How a computation tells how far it is, and when to stop. */
export interface ValuesRun {
  readonly onProgress: (stage: string, done: number, total: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Computes the features of some views over a spine: for each view its values, [spine, features] row-major, over shared
 * memory. Events that do not fit into the limits are read and worked on part by part, each with some of the entities.
 */
export async function viewValues(
  parts: ViewValuesParts,
  query: ViewValuesQuery,
  run: ValuesRun,
): Promise<readonly Float64Array[]> {
  const rows = query.spine.atMs.length;
  const values = new Map(
    query.views.map(({ id, features }) => [id, sharedDoubles(rows * features.length)]),
  );
  const atMs = sharedDoubles(rows);
  atMs.set(query.spine.atMs);
  const wanted = { ...query, spine: { ...query.spine, atMs }, values };
  for (const source of rows === 0 ? [] : new Set(query.views.map((view) => view.source))) {
    const views = query.views.filter((view) => view.source === source);
    for (const part of await partsOf(parts, { ...wanted, views }, run.signal)) {
      await sweepPart(parts, { ...wanted, ...part }, run);
    }
  }
  return query.views.map((view) => columnOf(values, view.id));
}

interface PartQuery extends ViewValuesQuery {
  /** Views of one source. */
  readonly views: readonly ViewPlan[];
  /** By view id. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** With it, all views have the same keys. */
  readonly partition?: KeyPartition;
  /** About how many events that is. */
  readonly rowsHint: number;
}

/** Cuts the events of a source's views into parts that fit into memory. */
async function partsOf(
  parts: ViewValuesParts,
  query: ViewValuesQuery,
  signal: AbortSignal,
): Promise<readonly Pick<PartQuery, 'views' | 'partition' | 'rowsHint'>[]> {
  const { views } = query;
  const schema = sourceOf(parts, views);
  const interval = { source: schema.source.name, ...intervalOf(query), logOffset: query.logOffset };
  const rows = await eventRows(parts, interval, signal);
  const { numbers, texts } = viewShape(schema);
  const count = eventParts(parts.setLimits, { rows, columns: numbers.length, keys: texts.length });
  if (count === 1) return [{ views, rowsHint: rows }];
  const groups = new Map(views.map((view) => [JSON.stringify(view.by), view.by]));
  return [...groups.values()].flatMap((by) =>
    Array.from({ length: count }, (_, part) => ({
      views: views.filter((view) => JSON.stringify(view.by) === JSON.stringify(by)),
      partition: { by, part, parts: count },
      rowsHint: Math.ceil((1.2 * rows) / count),
    })),
  );
}

/** Gives about how many events of a source have ts in [fromTs, untilTs): history is counted, of the log its records are. */
export async function eventRows(
  parts: EventReader,
  {
    source,
    fromTs,
    untilTs,
    logOffset,
  }: {
    readonly source: string;
    readonly fromTs: number;
    readonly untilTs: number;
    readonly logOffset: number;
  },
  signal: AbortSignal,
): Promise<number> {
  let rows = 0;
  for (const bytes of parts.store.recordsFrom(0)) {
    const head = readEventRecordHead(bytes);
    if (head.firstSeq > logOffset) break;
    if (head.source === source && head.firstTs < untilTs) rows += head.rows;
  }
  const manifest = parts.manifestOf(source);
  const segment = parts.store.segment(source);
  if (manifest === undefined || segment === undefined) return rows;
  const before = (ts: number): Promise<number> => parts.warehouse.countBefore(manifest, ts, signal);
  const history = (await before(untilTs)) - (fromTs <= manifest.firstTs ? 0 : await before(fromTs));
  return rows + Math.min(history, segment.rows);
}

async function sweepPart(parts: ViewValuesParts, query: PartQuery, run: ValuesRun): Promise<void> {
  const { views, partition, spine } = query;
  const schema = sourceOf(parts, views);
  const suffix =
    partition === undefined ? '' : ` (part ${partition.part + 1} of ${partition.parts})`;
  await run.onProgress(`reading events of ${schema.source.name}${suffix}`, 0, 0);
  const codes = new Map(schema.keyColumns.map((name) => [name, new KeyCodes()]));
  const events = await loadShared(parts, { ...query, schema, codes }, run.signal);
  const requests = views.flatMap((view): readonly SliceRequest[] => {
    const examples = sliceExamples(view, { spine, codes, partition });
    return Array.from({ length: parts.slices.slices }, (_, slice) => ({
      view,
      reachMs: reachMs([view]),
      events,
      examples,
      slice,
      slices: parts.slices.slices,
      values: columnOf(query.values, view.id),
    }));
  });
  const total = requests.reduce(
    (sum, { examples, slices }) => sum + examples.rows.length / slices,
    0,
  );
  let done = 0;
  const onDone = async (examples: number): Promise<void> => {
    done += examples;
    await run.onProgress(`features of ${schema.source.name}${suffix}`, done, total);
  };
  await parts.slices.run(requests, onDone, run.signal);
}

async function loadShared(
  parts: ViewValuesParts,
  query: PartQuery & {
    readonly schema: SourceSchema;
    readonly codes: ReadonlyMap<string, KeyCodes>;
  },
  signal: AbortSignal,
): Promise<SharedEvents> {
  const { schema, codes, partition, logOffset, views } = query;
  const shape = viewShape(schema);
  const derived = new Map(
    views.flatMap((view) => view.derivedColumns.map((column) => [column.name, column] as const)),
  );
  const builder = new SharedEventsBuilder(
    { numbers: shape.numbers, derived: [...derived.values()], codes },
    query.rowsHint,
  );
  const wanted = {
    source: schema.source.name,
    shape,
    ...intervalOf(query),
    views,
    logOffset,
    ...(partition === undefined ? {} : { partition }),
  };
  for await (const part of eventPartsOf(parts, wanted, signal)) {
    const isOnTime = query.mode === 'as-corrected';
    builder.append(isOnTime ? { ...part, ingestedMs: Number.NEGATIVE_INFINITY } : part);
  }
  return builder.finish();
}

/** Gives the schema of the one source of some views, with only these views. */
function sourceOf(reader: EventReader, views: readonly ViewPlan[]): SourceSchema {
  const schema = schemaOf(reader.mesh, views[0]?.source ?? '');
  return { ...schema, views, keyColumns: [...new Set(views.flatMap((view) => view.by))] };
}

function intervalOf({ views, spine }: Pick<ViewValuesQuery, 'views' | 'spine'>): {
  readonly fromTs: number;
  readonly untilTs: number;
} {
  const { atMs } = spine;
  return { fromTs: (atMs[0] ?? 0) - reachMs(views), untilTs: atMs[atMs.length - 1] ?? 0 };
}

/** Gives the part of the spine whose entities are in the partition, its keys by the codes of the events. */
function sliceExamples(
  view: ViewPlan,
  {
    spine,
    codes,
    partition,
  }: {
    readonly spine: Spine;
    readonly codes: ReadonlyMap<string, KeyCodes>;
    readonly partition: KeyPartition | undefined;
  },
): SliceExamples {
  const isMeant = partition === undefined ? () => true : partitionFilter(spine, partition);
  const all = sharedCodes(spine.atMs.length);
  let count = 0;
  for (let row = 0; row < all.length; row += 1) {
    if (!isMeant(row)) continue;
    all[count] = row;
    count += 1;
  }
  const rows = all.subarray(0, count);
  const keys = view.by.map((name) => {
    const { dictionary, codes: own } = columnOf(spine.texts, name);
    const translation = columnOf(codes, name).knownCodesOf(dictionary);
    const shared = sharedCodes(count);
    for (let index = 0; index < count; index += 1) {
      shared[index] = translation[own[rows[index] ?? 0] ?? 0] ?? noCode;
    }
    return shared;
  });
  return {
    rows,
    atMs: spine.atMs,
    keys,
    keySizes: view.by.map((name) => columnOf(codes, name).size),
  };
}
