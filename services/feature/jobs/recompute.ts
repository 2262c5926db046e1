import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { erasedRows } from '../core/erasure.ts';
import { type EventTable, EventTableBuilder } from '../core/event-table.ts';
import { type RecomputeQuery, recomputeRows, wantedKeys } from '../core/recompute-rows.ts';
import { viewShape } from '../core/source-schema.ts';
import { unseenEntities } from '../core/unseen-entities.ts';
import { reachMs } from '../core/view-reach.ts';
import {
  type EventsWanted,
  type JobContext,
  type JobRun,
  loadEvents,
  olderEvents,
  schemaOf,
} from './job-context.ts';
import type { JobRequest, JobResults } from './job-protocol.ts';

type RecomputeRequest = Extract<JobRequest, { kind: 'recompute' }>;

/**
 * Computes vectors again from history and log by the plain definition, each at its own time and log offset.
 * @throws {MeshError} OUT_OF_RANGE / INVALID_FIELD when a log offset lies before the end of history.
 */
export async function recompute(
  context: JobContext,
  request: RecomputeRequest,
  run: JobRun,
): Promise<JobResults['recompute']> {
  const featureSet = context.mesh.featureSets.find((set) => set.hash === request.featureSetHash);
  if (featureSet === undefined) throw new Error(`unchecked feature set ${request.featureSetHash}`);
  const query: RecomputeQuery = { ...request, featureSet };
  const events = new Map<string, EventTable>();
  for (const source of new Set(featureSet.views.map((view) => view.source))) {
    requireAfterHistory(context, source, query.logOffsets);
    const logOffset = query.logOffsets.reduce((a, b) => Math.max(a, b), 0);
    events.set(
      source,
      await loadRecomputeEvents(context, { query, source, logOffset }, run.signal),
    );
  }
  const steps = recomputeRows(query, (source) => {
    const table = events.get(source);
    if (table === undefined) throw new Error(`events of ${source} were not loaded`);
    return table;
  });
  for (;;) {
    run.signal.throwIfAborted();
    const step = steps.next();
    if (step.done !== true) continue;
    const erasures = context.store.erasures().map(({ erasure }) => erasure);
    const { values, statuses } = step.value;
    return { values, statuses, erased: erasedRows(query, erasures) };
  }
}

/**
 * Refuses log offsets within or before the history of a source: nobody was served while it was made.
 * @throws {MeshError} OUT_OF_RANGE / INVALID_FIELD
 */
export function requireAfterHistory(
  context: JobContext,
  source: string,
  logOffsets: Float64Array,
): void {
  const segment = context.store.segment(source);
  const least = logOffsets.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (segment === undefined || least >= segment.seqBefore + segment.rows) return;
  throw new MeshError({
    code: 'OUT_OF_RANGE',
    reason: 'INVALID_FIELD',
    message: `log_offsets: wanted ${segment.seqBefore + segment.rows} or more, where the history of source '${source}' ends, got ${least}`,
  });
}

/** Rows to compute again, and out of which events. */
export interface RecomputeEvents {
  readonly query: RecomputeQuery;
  readonly source: string;
  /** Events up to this. */
  readonly logOffset: number;
}

/** Gives all events of a source that matter for any row of a query. */
export async function loadRecomputeEvents(
  context: JobContext,
  { query, source, logOffset }: RecomputeEvents,
  signal: AbortSignal,
): Promise<EventTable> {
  const views = query.featureSet.views.filter((view) => view.source === source);
  const from = query.atMs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const until = query.atMs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const wanted: EventsWanted = {
    source,
    shape: viewShape({ ...schemaOf(context.mesh, source), views }),
    fromTs: from - reachMs(views),
    untilTs: until,
    views,
    logOffset,
    wanted: textsOf(views.map((view) => wantedKeys(view, query))),
    withoutOlder: true,
  };
  const recent = await loadEvents(context, wanted, signal);
  // A scan of all that is older pays only for those entities that had no event of late.
  const builder = new EventTableBuilder(wanted.shape);
  for (const view of views) {
    const unseen = unseenEntities(view, query, recent);
    if (unseen.length === 0) continue;
    const older = { ...wanted, views: [view], wanted: new Map([[view.by[0] ?? '', unseen]]) };
    builder.append(await olderEvents(context, older, signal));
  }
  if (builder.rows === 0) return recent;
  builder.append(recent);
  return builder.finish();
}

/** Joins what the columns of several views may hold. */
function textsOf(
  parts: readonly ReadonlyMap<string, readonly string[]>[],
): ReadonlyMap<string, readonly string[]> {
  const joined = new Map<string, readonly string[]>();
  for (const [column, texts] of parts.flatMap((part) => [...part])) {
    joined.set(column, [...new Set([...(joined.get(column) ?? []), ...texts])]);
  }
  return joined;
}
