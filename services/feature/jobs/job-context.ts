import type { ViewPlan } from '../../shared/compute/plan.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { DuckdbImporter } from '../adapters/duckdb-importer.ts';
import type { DuckdbPurger } from '../adapters/duckdb-purger.ts';
import { decodeEventRecord, readEventRecordHead } from '../core/event-codec.ts';
import { type EventTable, EventTableBuilder, type TableShape } from '../core/event-table.ts';
import { type KeyPartition, partitionFilter } from '../core/key-partition.ts';
import { withColumns } from '../core/record-columns.ts';
import type { ServedMesh } from '../core/served-mesh.ts';
import type { EventPart } from '../core/shared-events.ts';
import type { SourceManifest } from '../core/source-manifest.ts';
import { type SourceSchema, sourceSchema } from '../core/source-schema.ts';
import type { SetLimits } from '../offline/set-limits.ts';
import type { SliceRunner } from '../offline/slice-runner.ts';
import type {
  AnswerStore,
  EventStore,
  OnlineStore,
  RowFiles,
  ScanRequest,
  WarehouseReader,
} from '../ports.ts';
import type { JobPart } from './job-protocol.ts';

/** Where events are read: history and log. */
export interface EventReader {
  readonly mesh: Mesh;
  readonly store: Pick<EventStore, 'segment' | 'recordsFrom'>;
  readonly warehouse: WarehouseReader;
  readonly manifestOf: (source: string) => SourceManifest | undefined;
}

/** What jobs work with. */
export interface JobContext extends EventReader {
  readonly mesh: ServedMesh;
  readonly store: EventStore;
  /** Opens the online store, which most jobs do not need. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  readonly openOnline: () => Promise<OnlineStore>;
  /** The log of answers; read only here. */
  readonly answers: Pick<AnswerStore, 'newestFirst'>;
  readonly importer: DuckdbImporter;
  readonly slices: SliceRunner;
  readonly rowFiles: RowFiles;
  /** Folder of the training sets that are written. */
  readonly setsFolder: string;
  /** Folder of the values of views that are written out. */
  readonly materializedFolder: string;
  /** Limits of one training set. */
  readonly setLimits: SetLimits;
  readonly purger: DuckdbPurger;
}

/** What one run of a job gets: how to give parts, and when to stop. */
export interface JobRun {
  /** Resolves when the receiver keeps up; rejects when it is gone. */
  readonly send: (part: JobPart) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Events of one source that a job needs. */
export interface EventsWanted {
  readonly source: string;
  readonly shape: TableShape;
  /** Events with ts in [fromTs, untilTs), epoch ms; and for each entity of `views` the newest one before. */
  readonly fromTs: number;
  readonly untilTs: number;
  readonly views: readonly ViewPlan[];
  /** Events with a seq up to this. */
  readonly logOffset: number;
  readonly wanted?: ReadonlyMap<string, readonly string[]>;
  /** Only events of entities in this part. */
  readonly partition?: KeyPartition;
  /** Leaves out the newest events before `fromTs`, each of which costs a scan of all that is older. */
  readonly withoutOlder?: boolean;
}

/** Gives the schema of a source. @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when the mesh has no such source. */
export function schemaOf(mesh: Mesh, source: string): SourceSchema {
  const plan = mesh.sources.find(({ name }) => name === source);
  if (plan !== undefined) return sourceSchema(plan, mesh.views);
  const description = `the mesh has no source '${source.slice(0, 64)}'; it has ${mesh.sources.map(({ name }) => name).join(', ')}`;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'INVALID_FIELD',
    message: `source: ${description}`,
    violations: [{ field: 'source', description }],
  });
}

/** Gives events out of history and log, as one table in (ts, seq) order. */
export async function loadEvents(
  context: EventReader,
  wanted: EventsWanted,
  signal: AbortSignal,
): Promise<EventTable> {
  const builder = new EventTableBuilder(wanted.shape);
  for await (const { table, keeps } of eventParts(context, wanted, signal)) {
    builder.append(table, keeps);
  }
  return builder.finish();
}

/** Gives events out of history, in order, and then out of the log, in parts. */
export async function* eventParts(
  context: EventReader,
  wanted: EventsWanted,
  signal: AbortSignal,
): AsyncGenerator<EventPart> {
  yield* historyParts(context, wanted, signal);
  yield* logParts(context, wanted);
}

/** What is older than these always were: in the history. */
const always = { ingestedMs: Number.NEGATIVE_INFINITY, keeps: undefined };

function scanRequest(context: EventReader, wanted: EventsWanted): ScanRequest | undefined {
  const segment = context.store.segment(wanted.source);
  const manifest = context.manifestOf(wanted.source);
  if (segment === undefined || manifest === undefined) return undefined;
  return {
    manifest,
    schema: schemaOf(context.mesh, wanted.source),
    shape: wanted.shape,
    fromTs: wanted.fromTs,
    untilTs: wanted.untilTs,
    positionMax: segment.rows,
    seqBefore: segment.seqBefore,
    ...(wanted.wanted === undefined ? {} : { wanted: wanted.wanted }),
    ...(wanted.partition === undefined ? {} : { partition: wanted.partition }),
  };
}

async function* historyParts(
  context: EventReader,
  wanted: EventsWanted,
  signal: AbortSignal,
): AsyncGenerator<EventPart> {
  const request = scanRequest(context, wanted);
  if (request === undefined) return;
  if (wanted.withoutOlder !== true) {
    yield { table: await olderEvents(context, wanted, signal), ...always };
  }
  for await (const table of context.warehouse.scan(request, signal)) yield { table, ...always };
}

/**
 * Gives, out of history, the newest event before the interval of each entity of the views that are wanted: only it tells an entity without recent events from
 * one that never had any.
 */
export async function olderEvents(
  context: EventReader,
  wanted: EventsWanted,
  signal: AbortSignal,
): Promise<EventTable> {
  const builder = new EventTableBuilder(wanted.shape);
  const request = scanRequest(context, wanted);
  if (request !== undefined && wanted.fromTs > request.manifest.firstTs) {
    for (const view of wanted.views) {
      for await (const part of context.warehouse.newestBefore(request, view.by, signal)) {
        builder.append(part);
      }
    }
  }
  return builder.finish();
}

/** The log is not ordered by ts: all of it up to the offset is read, and nothing is left out that is too old. */
function* logParts(context: EventReader, wanted: EventsWanted): Generator<EventPart> {
  const { source, shape, untilTs, logOffset, partition } = wanted;
  for (const bytes of context.store.recordsFrom(0)) {
    const head = readEventRecordHead(bytes);
    if (head.firstSeq > logOffset) return;
    if (head.source !== source || head.firstTs >= untilTs) continue;
    const { events: stored, ingestedMs } = decodeEventRecord(bytes, { hasIds: shape.hasIds });
    const events = withColumns(source, stored, shape);
    const { ts, seq } = events;
    const isInPartition = partition === undefined ? undefined : partitionFilter(events, partition);
    yield {
      table: events,
      ingestedMs,
      keeps: (row) =>
        (ts[row] ?? 0) < untilTs &&
        (seq[row] ?? 0) <= logOffset &&
        (isInPartition === undefined || isInPartition(row)),
    };
  }
}
