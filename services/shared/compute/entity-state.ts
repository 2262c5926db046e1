import assert from 'node:assert/strict';
import { stateCorrupt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { sealed } from './chunk-encoder.ts';
import { ChunkIndex } from './chunk-index.ts';
import type { CompiledView } from './compiled-view.ts';
import { EntityIndex } from './entity-index.ts';
import { EntityReads } from './entity-reads.ts';
import { chunkRowsMax, EventChunk, unsealed } from './event-chunk.ts';
import type { FeatureVector } from './feature-vector.ts';
import type { Position } from './position.ts';
import { PrunedBase } from './pruned-base.ts';
import type { ReadPlan } from './read-plan.ts';
import { fetchRow, forgetRow, giveRow, isHeldAt, type RememberedRow } from './remembered-row.ts';

/** One stored piece of an entity's state; without bytes it is to be deleted. */
export interface StateChunk {
  /** 0 is the header, all others hold events. */
  readonly key: number;
  readonly bytes: Uint8Array | undefined;
}

/** Capacity of a chunk's arrays where the one before it is full: it is likely to become full too. */
const laterCapacity = 128;

const headerKey = 0;
const formatVersion = 1;

/**
 * The events of one entity that a view's windows still reach, held so that any feature at any time is read exactly in
 * about O(log events). Stored in chunks of at most 512 events, of which only those that changed are written again.
 */
export class EntityState {
  readonly #view: CompiledView;
  readonly #rowsMax: number;
  readonly #index: EntityIndex;
  /** The last chunk, where most events go, and its index: side by side here, as an insert into an entity out of cache waits for each step to it. */
  #newest: EventChunk | undefined;
  #newestIndex = 0;
  #base: PrunedBase;
  /** Of the first plan that was read: held here too, since most reads look at nothing else of the entity. */
  #plan: ReadPlan | undefined;
  #row: RememberedRow | undefined;
  /** By the first plan that was read, and by the others: each feature set over the view has one. */
  #reads: EntityReads | undefined;
  #otherReads: Map<ReadPlan, EntityReads> | undefined;
  /** Counts changes. */
  #change = 0;
  #nextChunkId = 1;
  #isHeaderDirty: boolean = true;
  #removedKeys: number[] = [];

  /** `rowsMax`: events of a chunk, at most {@link chunkRowsMax}; no value depends on it. */
  constructor(view: CompiledView, rowsMax = chunkRowsMax) {
    this.#view = view;
    this.#rowsMax = rowsMax;
    this.#index = new EntityIndex(view);
    this.#base = PrunedBase.empty(view);
  }

  /** Events that are held one by one. */
  get rows(): number {
    return this.#index.chunks.reduce((sum, { chunk }) => sum + chunk.rows, 0);
  }

  /**
   * Adds an event: visible time in whole epoch ms, position in the log, and the view's columns in their order (NaN where
   * missing). In order it costs O(1) amortised; a late one moves at most one chunk and has its totals built again.
   */
  insert(ts: number, seq: number, values: ArrayLike<number>): void {
    assert(Number.isSafeInteger(ts) && Number.isSafeInteger(seq), 'ts and seq are whole numbers');
    this.#noteChange();
    const newest = this.#newest;
    if (newest !== undefined && newest.rows < this.#rowsMax && newest.isBefore(ts, seq)) {
      newest.insert(ts, seq, values);
      this.#index.changedFrom(this.#newestIndex);
    } else this.#insertAt(ts, seq, values);
  }

  /** Adds an event wherever it belongs. */
  #insertAt(ts: number, seq: number, values: ArrayLike<number>): void {
    const { chunks } = this.#index;
    let at = this.#chunkFor(ts, seq);
    let target = chunks[at];
    if (target === undefined) {
      target = this.#addChunk(at, new EventChunk(this.#takeId(), this.#view.plan.columns.length));
    } else if (target.chunk.rows >= this.#rowsMax) {
      const isAppend = at === chunks.length - 1 && target.chunk.lastTs() <= ts;
      if (isAppend) {
        at += 1;
        const grown = new EventChunk(this.#takeId(), this.#view.plan.columns.length, laterCapacity);
        target = this.#addChunk(at, grown);
      } else {
        const later = target.chunk.split(this.#takeId());
        target.changedFrom(0);
        this.#addChunk(at + 1, later);
        at = this.#chunkFor(ts, seq);
        target = chunks[at];
      }
    }
    assert(target !== undefined, 'there is a chunk for the event');
    target.changedFrom(target.chunk.insert(ts, seq, values));
    this.#index.changedFrom(at);
  }

  /**
   * Writes features at time t: those of the plan, into the cells that it names from `offset` on. Reads all that was
   * inserted: the log offset is the caller's.
   * @throws {MeshError} OUT_OF_RANGE / HISTORY_PRUNED when a window reaches events that were pruned; recompute then.
   */
  read(t: number, plan: ReadPlan, vector: FeatureVector, offset: number): void {
    const row = plan === this.#plan ? this.#row : undefined;
    if (row !== undefined && isHeldAt(row, t)) {
      giveRow(row, plan, vector, offset);
      return;
    }
    const reads = this.#reads?.plan === plan ? this.#reads : this.#readsOf(plan);
    if (reads.change !== this.#change) {
      this.#index.refresh();
      reads.forget();
      reads.change = this.#change;
    }
    reads.read(t, vector, offset);
  }

  /** Looks at what {@link read} is going to look at, so that it is in the processor's caches; what it gives means nothing. */
  fetch(plan: ReadPlan): number {
    const row = plan === this.#plan ? this.#row : this.#otherReads?.get(plan)?.row;
    return row === undefined ? 0 : fetchRow(row);
  }

  /** Gives ts of the newest event before a time, as {@link read} sees it at the end of a window; negative infinity when there is none. */
  newestBefore(t: number): number {
    const position: Position = { chunk: 0, row: 0 };
    this.#index.refresh();
    this.#index.locate(t, position);
    return Math.max(this.#index.tsBefore(position), this.#base.newestTs);
  }

  /**
   * Lets go of events with ts before this time, chunk by chunk: a chunk that reaches over it stays. Features that never
   * forget keep their totals.
   */
  prune(before: number): void {
    const { chunks } = this.#index;
    let pruned = 0;
    while (pruned < chunks.length && (chunks[pruned]?.chunk.lastTs() ?? before) < before) {
      const chunk = chunks[pruned]?.chunk;
      if (chunk !== undefined) {
        this.#base.absorb(chunk, this.#view);
        this.#removedKeys.push(chunk.id);
      }
      pruned += 1;
    }
    if (pruned === 0) return;
    chunks.splice(0, pruned);
    this.#noteNewest();
    this.#index.changedFrom(0);
    this.#noteChange();
    this.#isHeaderDirty = true;
  }

  /** Gives what has to be written to bring the store up to date; {@link markClean} says that it was. */
  dirtyChunks(): readonly StateChunk[] {
    const dirty: StateChunk[] = this.#removedKeys.map((key) => ({ key, bytes: undefined }));
    if (this.#isHeaderDirty) dirty.push({ key: headerKey, bytes: this.#encodeHeader() });
    for (const { chunk } of this.#index.chunks) {
      if (chunk.isDirty) dirty.push({ key: chunk.id, bytes: chunk.encode() });
    }
    return dirty;
  }

  /** Gives all chunks, changed or not: what a store needs that has none of them. */
  allChunks(): readonly StateChunk[] {
    const chunks = this.#index.chunks.map(({ chunk }) => ({
      key: chunk.id,
      bytes: chunk.encode(),
    }));
    return [{ key: headerKey, bytes: this.#encodeHeader() }, ...chunks];
  }

  /**
   * Gives the header that this state would have after it let go of all events: enough to answer exactly wherever no
   * window reaches them. Undefined where a feature never forgets.
   */
  remainder(): Uint8Array | undefined {
    if (this.#view.windows.some((window) => window.kind === 'lifetime')) return undefined;
    const rest = new EntityState(this.#view);
    rest.#nextChunkId = this.#nextChunkId;
    rest.#base.rows = this.#base.rows + this.rows;
    const lastTs = this.#index.chunks.at(-1)?.chunk.lastTs() ?? Number.NEGATIVE_INFINITY;
    rest.#base.newestTs = Math.max(this.#base.newestTs, lastTs);
    return rest.#encodeHeader();
  }

  /** Says that all of {@link dirtyChunks} is durable. */
  markClean(): void {
    this.#removedKeys = [];
    this.#isHeaderDirty = false;
    for (const { chunk } of this.#index.chunks) chunk.isDirty = false;
  }

  /**
   * Gives the state that these chunks hold: all that are stored for the entity, in any order.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT when a chunk is damaged or missing.
   */
  static load(
    view: CompiledView,
    stored: Iterable<StateChunk>,
    rowsMax = chunkRowsMax,
  ): EntityState {
    const bytes = new Map<number, Uint8Array>();
    for (const chunk of stored) if (chunk.bytes !== undefined) bytes.set(chunk.key, chunk.bytes);
    const what = "header of an entity's state";
    const header = bytes.get(headerKey);
    if (header === undefined) throw stateCorrupt(what, 'it is missing');
    const reader = unsealed(header, what);
    if (reader.byte() !== formatVersion)
      throw stateCorrupt(what, 'its format is of another version');
    const state = new EntityState(view, rowsMax);
    state.#nextChunkId = reader.unsigned();
    const chunkCount = reader.unsigned();
    for (let index = 0; index < chunkCount; index += 1) {
      const id = reader.unsigned();
      const chunkBytes = bytes.get(id);
      if (chunkBytes === undefined) throw stateCorrupt(what, `chunk ${id} is missing`);
      const chunk = EventChunk.decode(id, chunkBytes, view.plan.columns.length);
      state.#index.chunks.push(new ChunkIndex(chunk, view));
    }
    state.#noteNewest();
    state.#base = PrunedBase.decode(reader, view);
    reader.end();
    state.#isHeaderDirty = false;
    return state;
  }

  #encodeHeader(): Uint8Array {
    const writer = new ByteWriter();
    writer.byte(formatVersion);
    writer.unsigned(this.#nextChunkId);
    writer.unsigned(this.#index.chunks.length);
    for (const { chunk } of this.#index.chunks) writer.unsigned(chunk.id);
    this.#base.encode(writer);
    return sealed(writer);
  }

  #readsOf(plan: ReadPlan): EntityReads {
    const known = this.#otherReads?.get(plan);
    if (known !== undefined) return known;
    const made = new EntityReads(plan, this.#index, this.#base);
    if (this.#reads === undefined) {
      this.#reads = made;
      this.#plan = plan;
      this.#row = made.row;
    } else {
      this.#otherReads ??= new Map();
      this.#otherReads.set(plan, made);
    }
    return made;
  }

  /** Index of the last chunk that begins at or before the event; 0 when none does. */
  #chunkFor(ts: number, seq: number): number {
    const { chunks } = this.#index;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = chunks[middle]?.chunk;
      const firstTs = chunk?.firstTs() ?? Number.POSITIVE_INFINITY;
      const isAfter = firstTs > ts || (firstTs === ts && (chunk?.seq[0] ?? 0) > seq);
      if (isAfter) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low - 1);
  }

  #addChunk(at: number, chunk: EventChunk): ChunkIndex {
    const index = new ChunkIndex(chunk, this.#view);
    this.#index.chunks.splice(at, 0, index);
    this.#noteNewest();
    this.#index.changedFrom(Math.max(0, at - 1));
    this.#isHeaderDirty = true;
    return index;
  }

  #noteChange(): void {
    this.#change += 1;
    if (this.#row !== undefined) forgetRow(this.#row);
  }

  #noteNewest(): void {
    const { chunks } = this.#index;
    this.#newest = chunks.at(-1)?.chunk;
    this.#newestIndex = Math.max(0, chunks.length - 1);
  }

  #takeId(): number {
    const id = this.#nextChunkId;
    this.#nextChunkId += 1;
    return id;
  }
}
