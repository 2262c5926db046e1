import type { EntityChange, EntityStore, ViewStats } from './core/entity-table.ts';
import type { ClaimedIds, EventIdStore } from './core/event-ids.ts';
import type { EventTable, TableShape } from './core/event-table.ts';
import type { LogAppend } from './core/ingestor.ts';
import type { Segment } from './core/segment.ts';
import type { SourceManifest } from './core/source-manifest.ts';
import type { SourceSchema } from './core/source-schema.ts';
import type { JobKind, JobPart, JobRequest, JobResults } from './jobs/job-protocol.ts';

/** What a scan of the warehouse gives. */
export interface ScanRequest {
  readonly manifest: SourceManifest;
  readonly schema: SourceSchema;
  readonly shape: TableShape;
  /** Events with ts in [fromTs, untilTs), epoch ms; may be infinite. */
  readonly fromTs: number;
  readonly untilTs: number;
  /** Only the first so many events of the file: those that are history. */
  readonly positionMax: number;
  /** Log offset before the first event of the file: an event's seq is this plus its position. */
  readonly seqBefore: number;
  /** Only events where one of these columns holds one of these texts; a hint, more may come. */
  readonly wanted?: ReadonlyMap<string, readonly string[]>;
  /** Least rows of a part but the last; a multiple of 2,048. */
  readonly partRows?: number;
}

/** The imported files of the sources. */
export interface WarehouseReader {
  /** Gives the events in (ts, seq) order, in parts. */
  scan(request: ScanRequest, signal: AbortSignal): AsyncIterable<EventTable>;
  /** Gives, for each entity of a view, its newest event with ts before `request.fromTs`; in no order. */
  newestBefore(
    request: ScanRequest,
    by: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<EventTable>;
  /** Gives how many events are visible before a time, epoch ms. */
  countBefore(manifest: SourceManifest, untilTs: number, signal: AbortSignal): Promise<number>;
}

/** Runs long jobs elsewhere, one after another. */
export interface JobRunner {
  /**
   * Runs a job: gives its parts as it makes them, and returns its result. A caller that stops reading ends it.
   * @throws {MeshError} what the job met; RESOURCE_EXHAUSTED / QUEUE_FULL; UNAVAILABLE / WORKER_STUCK when its thread died.
   */
  run<K extends JobKind>(
    request: JobRequest & { readonly kind: K },
    signal: AbortSignal,
  ): AsyncGenerator<JobPart, JobResults[K], undefined>;
}

/** What one transaction writes of the online state. */
export interface StateWrite {
  readonly changes: readonly EntityChange[];
  /** By view id. */
  readonly stats: ReadonlyMap<string, ViewStats>;
  /** All events up to this log offset are in the states; undefined leaves it as it is. */
  readonly checkpointSeq: number | undefined;
}

/** Log, event ids and online state. Each write is one durable transaction: all of it or nothing. */
export interface FeatureStore extends EventIdStore, EntityStore {
  /** Log offset of the last event; 0 when there is none. */
  lastSeq(): number;
  /** Log offset up to which the stored states hold all events. */
  checkpointSeq(): number;
  /** Gives the newest visible time of a source in history and log, epoch ms; negative infinity when it has no event. */
  newestTs(source: string): number;
  /** Gives the history of a source; undefined when it was not imported. */
  segment(source: string): Segment | undefined;
  /** Gives the hash of the view that the stored states were made for. */
  viewHash(viewId: string): string | undefined;
  /**
   * Gives the records of ingested events from the one that holds `seq` on, in order.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  recordsFrom(seq: number): Iterable<Uint8Array>;
  append(append: LogAppend): Promise<void>;
  writeStates(write: StateWrite): Promise<void>;
  /** Removes all states of a view. */
  clearStates(viewId: string): Promise<void>;
  writeViewHashes(hashes: ReadonlyMap<string, string>): Promise<void>;
  /** Makes events of the warehouse the history of their source; the log offset moves past them. */
  writeSegment(
    segment: Segment,
    made: { readonly ids: ClaimedIds; readonly viewHashes: ReadonlyMap<string, string> },
  ): Promise<void>;
  close(): Promise<void>;
}
