import assert from 'node:assert/strict';
import { type CompiledView, compileView } from '../../shared/compute/compiled-view.ts';
import { EntityState, type StateChunk } from '../../shared/compute/entity-state.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';

/** What is stored of one entity. */
export interface StoredEntity {
  readonly chunks: readonly StateChunk[];
  /** Log offset up to which the chunks hold all events. */
  readonly appliedSeq: number;
}

/** What is known of a view as a whole. */
export interface ViewStats {
  /** Entities that have had an event. */
  readonly entities: number;
  /** Newest visible time, epoch ms; negative infinity when there is no event. */
  readonly newestTs: number;
}

/** Where the states of entities are stored. */
export interface EntityStore {
  /** Gives the statistics as they were last written. */
  viewStats(viewId: string): ViewStats;
  /** Gives what is stored of an entity; undefined when there is nothing. */
  loadEntity(viewId: string, key: string): StoredEntity | undefined;
  /** Gives the entity whose key comes next, or first where `after` is undefined; undefined at the end. */
  nextEntity(viewId: string, after: string | undefined): string | undefined;
}

/** The changes of one entity, to be written in one transaction. */
export interface EntityChange extends StoredEntity {
  readonly viewId: string;
  readonly key: string;
}

/** One entity, to insert events into. */
export interface EntityHandle {
  readonly key: string;
  /** The table's own. */
  entry: Entry | undefined;
}

interface Entry {
  readonly key: string;
  readonly state: EntityState;
  appliedSeq: number;
  isDirty: boolean;
  /** Whether changes were taken that are not written yet. */
  isPending: boolean;
  /** Whether somebody asked for it since the sweep for the least used came by. */
  isUsed: boolean;
  /** Whether the table has let go of it: it must not be changed any more. */
  isGone: boolean;
}

/** The states of one view's entities: loaded from the store when they are asked for, kept as long as there is room. */
export class EntityTable {
  readonly view: CompiledView;
  readonly #store: EntityStore;
  readonly #entitiesMax: number;
  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<Entry>();
  #pending: Entry[] = [];
  #entities: number;
  #newestTs: number;

  constructor(plan: ViewPlan, store: EntityStore, entitiesMax: number) {
    this.view = compileView(plan);
    this.#store = store;
    this.#entitiesMax = entitiesMax;
    const { entities, newestTs } = store.viewStats(plan.id);
    this.#entities = entities;
    this.#newestTs = newestTs;
  }

  /** Entities in memory. */
  get size(): number {
    return this.#entries.size;
  }

  /** What is known of the view as a whole. */
  get stats(): ViewStats {
    return { entities: this.#entities, newestTs: this.#newestTs };
  }

  /** Entities whose changes are not written yet. */
  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /**
   * Gives the state of an entity; undefined when it has never had an event.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  find(key: string): EntityState | undefined {
    const entry = this.#entries.get(key) ?? this.#load(key);
    if (entry === undefined) return undefined;
    entry.isUsed = true;
    return entry.state;
  }

  /**
   * Adds an event to its entity, unless the state has it: seq has to ascend from call to call, and only after a restart
   * may the store be ahead of it.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  insert(handle: EntityHandle, ts: number, seq: number, values: Float64Array): void {
    if (handle.entry?.isGone !== false) handle.entry = this.#entryOf(handle.key);
    const { entry } = handle;
    if (seq <= entry.appliedSeq) return;
    entry.state.insert(ts, seq, values);
    entry.appliedSeq = seq;
    if (ts > this.#newestTs) this.#newestTs = ts;
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.#dirty.add(entry);
  }

  /** Gives what {@link insert} knows an entity by; it finds the entity's state once, as long as that stays in memory. */
  handle(key: string): EntityHandle {
    return { key, entry: undefined };
  }

  /**
   * Takes the changes of one entity that has some, and takes it for clean: the caller has to write them, before those of
   * any later call. Events before `pruneBefore` are let go of. Undefined when all is clean.
   */
  takeChange(pruneBefore: number): EntityChange | undefined {
    const [entry] = this.#dirty;
    if (entry === undefined) return undefined;
    if (Number.isFinite(pruneBefore)) entry.state.prune(pruneBefore);
    const chunks = entry.state.dirtyChunks();
    entry.state.markClean();
    entry.isDirty = false;
    entry.isPending = true;
    this.#pending.push(entry);
    this.#dirty.delete(entry);
    return { viewId: this.view.plan.id, key: entry.key, chunks, appliedSeq: entry.appliedSeq };
  }

  /** Says that all changes that were taken are in the store. */
  markWritten(): void {
    for (const entry of this.#pending) entry.isPending = false;
    this.#pending = [];
  }

  /**
   * Loads the states of stored entities, one a step, until all are there or there is no more room: the first question
   * about an entity need not wait for it then.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  *warm(): Generator<void> {
    let key = this.#store.nextEntity(this.view.plan.id, undefined);
    while (key !== undefined && this.#entries.size < this.#entitiesMax) {
      this.find(key);
      yield;
      key = this.#store.nextEntity(this.view.plan.id, key);
    }
  }

  /** Forgets everything in memory, after the store was changed by somebody else. Nothing may be dirty. */
  reload(): void {
    assert(this.#dirty.size + this.#pending.length === 0, 'a dirty state would be lost');
    for (const entry of this.#entries.values()) entry.isGone = true;
    this.#entries.clear();
    const { entities, newestTs } = this.#store.viewStats(this.view.plan.id);
    this.#entities = entities;
    this.#newestTs = newestTs;
  }

  #load(key: string): Entry | undefined {
    const stored = this.#store.loadEntity(this.view.plan.id, key);
    if (stored === undefined) return undefined;
    return this.#add(key, EntityState.load(this.view, stored.chunks), stored.appliedSeq);
  }

  #entryOf(key: string): Entry {
    return this.#entries.get(key) ?? this.#load(key) ?? this.#create(key);
  }

  #create(key: string): Entry {
    this.#entities += 1;
    return this.#add(key, new EntityState(this.view), 0);
  }

  #add(key: string, state: EntityState, appliedSeq: number): Entry {
    // The sweep looks at the oldest first and costs as much as it frees: it waits until there is a tenth too many. It
    // comes before the new entry is there: an entry that it let go of must not be changed any more.
    if (this.#entries.size > this.#entitiesMax * 1.1) this.#evict();
    const entry = {
      key,
      state,
      appliedSeq,
      isDirty: false,
      isPending: false,
      isUsed: true,
      isGone: false,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Lets go of states that are in the store and were not asked for since the last time, the oldest first. */
  #evict(): void {
    let looks = 2 * this.#entries.size;
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= this.#entitiesMax || looks <= 0) return;
      looks -= 1;
      this.#entries.delete(entry.key);
      entry.isGone = !entry.isUsed && !entry.isDirty && !entry.isPending;
      if (entry.isGone) continue;
      entry.isUsed = false;
      this.#entries.set(entry.key, entry);
    }
  }
}
