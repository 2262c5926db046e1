import type { AnswerBlock, AnswerBlockHead } from './core/answer-codec.ts';
import type { CataloguedSet } from './core/catalogued-set.ts';
import type { EntityChange, EntityStore, ViewStats } from './core/entity-store.ts';
import type { ErasureWork } from './core/erasure.ts';
import type { ClaimedIds, EventIdStore } from './core/event-ids.ts';
import type { EventTable, TableShape } from './core/event-table.ts';
import type { LogAppend } from './core/ingestor.ts';
import type { KeyPartition } from './core/key-partition.ts';
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
  /** Only events of entities in this part. */
  readonly partition?: KeyPartition;
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

/** Columns of a file of computed rows. */
export interface RowNames {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  /** Columns of few different texts, which are given by their index; such a file is written only. */
  readonly codes?: readonly { readonly name: string; readonly texts: readonly string[] }[];
}

/** Some computed rows, columnar, in the order of their names. */
export interface RowBatch {
  readonly rows: number;
  readonly texts: readonly (readonly string[])[];
  readonly numbers: readonly Float64Array[];
  readonly codes?: readonly Uint8Array[];
}

/** Files of computed rows. */
export interface RowFiles {
  /**
   * Writes a file: all of it or nothing.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL
   */
  write(
    path: string,
    content: { readonly names: RowNames; readonly batches: Iterable<RowBatch> },
    signal: AbortSignal,
  ): Promise<void>;
  /** Gives the rows of a file in their order. @throws {MeshError} DATA_LOSS / STATE_CORRUPT */
  read(path: string, names: RowNames, signal: AbortSignal): AsyncIterable<RowBatch>;
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

/** What one transaction erases. */
export interface ErasureWrite {
  /** Records without the erased events, in place of those that begin at the same log offset. */
  readonly records: readonly ErasedRecord[];
  readonly work: ErasureWork;
}

/** A record, without events that it held. */
export interface ErasedRecord {
  readonly source: string;
  readonly firstSeq: number;
  readonly bytes: Uint8Array;
  /** Texts of its key columns that it holds no more. */
  readonly goneKeys: ReadonlyMap<string, readonly string[]>;
}

/** Log, event ids and history. Each write is one durable transaction: all of it or nothing. */
export interface EventStore extends EventIdStore {
  /** Log offset of the last event; 0 when there is none. */
  lastSeq(): number;
  /** Gives the newest visible time of a source in history and log, epoch ms; negative infinity when it has no event. */
  newestTs(source: string): number;
  /** Gives the history of a source; undefined when it was not imported. */
  segment(source: string): Segment | undefined;
  /**
   * Gives the records of ingested events from the one that holds `seq` on, in order.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  recordsFrom(seq: number): Iterable<Uint8Array>;
  append(append: LogAppend): Promise<void>;
  /** Gives the log offsets at which records begin that may hold events with this text in a key column, ascending. */
  recordsOf(source: string, column: string, text: string): readonly number[];
  /** Gives the key columns of a source by which {@link recordsOf} finds all records of its log. */
  indexedColumns(source: string): readonly string[];
  /** Notes that these are the key columns of a source from now on; one that was none while events came is not indexed. */
  keepIndexed(source: string, keyColumns: readonly string[]): Promise<void>;
  /**
   * Gives the record that begins at a log offset.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  recordAt(firstSeq: number): Uint8Array | undefined;
  /** Gives all erasures, in the order of the log, and what they leave to do. */
  erasures(): readonly ErasureWork[];
  /** Erases events, and appends the erasure to the log. */
  erase(write: ErasureWrite): Promise<void>;
  /** Writes an erasure anew: part of its work is done. */
  writeErasure(work: ErasureWork): Promise<void>;
  /** Makes events of the warehouse the history of their source; the log offset moves past them. */
  writeSegment(segment: Segment, ids: ClaimedIds): Promise<void>;
}

/** What an online store knows beside the states; what is left out stays as it is. */
export interface OnlineFacts {
  /** By view id: what the stored states were made for. */
  readonly viewHashes?: ReadonlyMap<string, string>;
  /** By view id. */
  readonly stats?: ReadonlyMap<string, ViewStats>;
  /** All events up to this log offset are in the states. */
  readonly checkpointSeq?: number;
}

/**
 * The states of all entities: a cache of the log that outlives the process. It may lose anything, as long as it says so:
 * states are then made anew.
 */
export interface OnlineStore extends EntityStore {
  /** Log offset up to which the stored states hold all events. */
  checkpointSeq(): number;
  /** Gives the hash of the view that the stored states were made for; undefined when they have to be made anew. */
  viewHash(viewId: string): string | undefined;
  /**
   * Writes each change as a whole or not at all, and only when its `appliedSeq` is above what is stored; gives those
   * whose `baseSeq` is not what is stored, for which nothing was written.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE or RESOURCE_EXHAUSTED / DISK_FULL; write the same again then.
   */
  write(changes: readonly EntityChange[]): Promise<readonly EntityChange[]>;
  /** Writes facts, after the states that they speak of. */
  writeFacts(facts: OnlineFacts): Promise<void>;
  removeEntity(viewId: string, key: string): Promise<void>;
  /** Removes all states of a view; its hash is gone before the first of them is. */
  clearView(viewId: string): Promise<void>;
  /** Takes nothing that is stored for right any more: it has no view hashes and is at log offset 0. */
  forget(): Promise<void>;
  /**
   * Looks whether the store still has what was written to it.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE or STATE_LOST
   */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** A block of the log of answers, decoded when it is wanted: before the next one is asked for. */
export interface StoredAnswers {
  readonly head: AnswerBlockHead;
  readonly decode: () => AnswerBlock;
}

/** A block of answers on its way into the log. */
export interface AnswerRecord {
  readonly firstAnswer: number;
  readonly rows: number;
  /** The block, and behind it `tailBytes` of answer-codec.ts for the store's checksum. Nobody else changes them until they are written. */
  readonly bytes: Uint8Array;
}

/** The log of answers that were given. Bounded: the oldest leave. */
export interface AnswerStore {
  /** Numbers of the oldest answer that is kept and of the one that comes next; both 1 when there is none. */
  bounds(): { readonly first: number; readonly next: number };
  /** Appends blocks, numbered on; lets go of blocks that end before `keepFrom`. Durable when it resolves. */
  append(blocks: readonly AnswerRecord[], keepFrom: number): Promise<void>;
  /**
   * Gives the blocks that begin before an answer, the newest first.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT
   */
  newestFirst(before: number): Iterable<StoredAnswers>;
  close(): Promise<void>;
}

/** The feature sets that were served, by their hashes, and whose states may be stored. Nothing of it goes away by itself. */
export interface DefinitionCatalogue {
  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT */
  sets(): readonly CataloguedSet[];
  /** Puts sets in the place of those with the same hashes. Durable when it resolves. */
  put(sets: readonly CataloguedSet[]): Promise<void>;
  /** Ids of the views whose states may be stored; undefined when that was never written. */
  storedViews(): readonly string[] | undefined;
  putStoredViews(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
