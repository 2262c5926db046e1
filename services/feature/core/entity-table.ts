import assert from 'node:assert/strict';
import { type CompiledView, compileView } from '../../shared/compute/compiled-view.ts';
import { EntityState } from '../../shared/compute/entity-state.ts';
import type { ViewPlan } from '../../shared/compute/plan.ts';
import { EntityHandles } from './entity-handles.ts';
import type { EntityChange, EntityStore, StoredEntity, ViewStats } from './entity-store.ts';

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
  /** What the store has, once all that was taken is written; undefined when it needs the whole state. */
  baseSeq: number | undefined;
  isDirty: boolean;
  /** Whether changes were taken that are not written yet. */
  isPending: boolean;
  /** Whether somebody asked for it since the sweep for the least used came by. */
  isUsed: boolean;
  /** Whether the table has let go of it: it must not be changed any more. */
  isGone: boolean;
  /** How many keep it in memory. */
  holds: number;
}

/** An entity on its way from the store. */
interface Loading {
  readonly key: string;
  holds: number;
  /** Set when it is there; stays undefined when the store has nothing, or was changed meanwhile. */
  entry: Entry | undefined;
  readonly done: Promise<void>;
}

/** The states of one view's entities: loaded from the store when they are asked for, kept as long as there is room. */
export class EntityTable {
  readonly view: CompiledView;
  /** What {@link insert} knows entities by; a handle finds the entity's state once, as long as that stays in memory. */
  readonly handles = new EntityHandles((key): EntityHandle => ({ key, entry: undefined }));
  readonly #store: EntityStore;
  readonly #entitiesMax: number;
  readonly #entries = new Map<string, Entry>();
  readonly #loading = new Map<string, Loading>();
  readonly #dirty = new Set<Entry>();
  #pending: Entry[] = [];
  /** Whether the store is being made anew: what it has, and what it lacks, says nothing. */
  #isStoreInDoubt = false;
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

  /** Whether there is room for more entities, beside those that memory can't let go of. */
  get hasRoom(): boolean {
    return this.#entries.size < this.#entitiesMax;
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
   * Gives the state of an entity; undefined when it has never had an event, elsewhere when {@link hold} has to bring it.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  find(key: string): EntityState | undefined | 'elsewhere' {
    const entry = this.#entries.get(key) ?? this.#findStored(key);
    if (entry === undefined || entry === 'elsewhere') return entry;
    entry.isUsed = true;
    return entry.state;
  }

  /**
   * Brings entities into memory, in one round trip, and keeps them there until the function that this gives is called.
   * Whoever asks for one that is on its way shares it.
   * @throws {MeshError} as EntityStore.load; DATA_LOSS / STATE_CORRUPT
   */
  async hold(keys: Iterable<string>): Promise<() => void> {
    const held: (Entry | Loading)[] = [];
    const fetched: string[] = [];
    for (const key of keys) {
      const entry = this.#entries.get(key) ?? this.#loading.get(key);
      if (entry === undefined) {
        if (this.#store.find(this.view.plan.id, key) === 'elsewhere') fetched.push(key);
        continue;
      }
      entry.holds += 1;
      held.push(entry);
    }
    if (fetched.length > 0) held.push(...this.#startLoading(fetched));
    const release = (): void => {
      for (const one of held) releaseOne(one);
      this.trim();
    };
    try {
      await Promise.all(held.map((one) => ('done' in one ? one.done : undefined)));
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  /**
   * Adds an event to its entity, unless the state has it: seq has to ascend from call to call, and only after a restart
   * may the store be ahead of it. An entity that is elsewhere has to be held.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  insert(handle: EntityHandle, ts: number, seq: number, values: Float64Array): void {
    if (handle.entry?.isGone !== false) handle.entry = this.#entryOf(handle.key);
    const { entry } = handle;
    if (seq <= entry.appliedSeq) return;
    entry.state.insert(ts, seq, values);
    entry.appliedSeq = seq;
    if (ts > this.#newestTs) this.#newestTs = ts;
    this.#markDirty(entry);
  }

  /**
   * Takes the changes of one entity that has some, and takes it for clean: the caller has to write them, before those of
   * any later call. Events before `pruneBefore` are let go of. Undefined when all is clean.
   */
  takeChange(pruneBefore: number): EntityChange | undefined {
    const [entry] = this.#dirty;
    if (entry === undefined) return undefined;
    const { key, state, appliedSeq, baseSeq } = entry;
    if (Number.isFinite(pruneBefore)) state.prune(pruneBefore);
    const chunks = baseSeq === undefined ? state.allChunks() : state.dirtyChunks();
    const remainder = this.#store.isRemote ? state.remainder() : undefined;
    state.markClean();
    entry.baseSeq = appliedSeq;
    entry.isDirty = false;
    entry.isPending = true;
    this.#pending.push(entry);
    this.#dirty.delete(entry);
    return { viewId: this.view.plan.id, key, chunks, appliedSeq, baseSeq, remainder };
  }

  /** Says that changes that were taken did not fit what is stored: the entity's whole state is to be written. */
  writeWhole(key: string): void {
    const entry = this.#entries.get(key);
    assert(entry?.isPending, 'a change that was taken is pending until it is written');
    entry.baseSeq = undefined;
    this.#markDirty(entry);
  }

  /** Says that all changes that were taken are in the store. */
  markWritten(): void {
    for (const entry of this.#pending) entry.isPending = false;
    this.#pending = [];
  }

  /** Lets go of the least used where there are too many: what could not be let go of before, because it was in use, can be. */
  trim(): void {
    if (this.#entries.size > this.#entitiesMax * 1.1) this.#evict();
  }

  /**
   * Forgets some entities, after somebody else changed or removed their states; nothing of them may be dirty. So many of
   * them are gone.
   */
  forget(keys: Iterable<string>, removed: number): void {
    this.handles.clear();
    for (const key of keys) {
      this.#loading.delete(key);
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      assert(!entry.isDirty && !entry.isPending, 'a dirty state would be lost');
      entry.isGone = true;
      this.#entries.delete(key);
    }
    this.#entities -= removed;
  }

  /**
   * Takes every entity that is not in memory for one that is elsewhere, until {@link reload}: the store is being made anew,
   * and one that it lacks may be one that it does not have yet.
   */
  doubtStore(): void {
    this.#isStoreInDoubt = true;
  }

  /** Forgets everything in memory, after the store was changed by somebody else. Nothing may be dirty. */
  reload(): void {
    assert(this.#dirty.size + this.#pending.length === 0, 'a dirty state would be lost');
    for (const entry of this.#entries.values()) entry.isGone = true;
    this.#entries.clear();
    this.handles.clear();
    this.#loading.clear();
    this.#isStoreInDoubt = false;
    const { entities, newestTs } = this.#store.viewStats(this.view.plan.id);
    this.#entities = entities;
    this.#newestTs = newestTs;
  }

  /** Lets go of changes that are not written: the log has their events, and the store was made anew from it. */
  discardChanges(): void {
    this.#dirty.clear();
    this.#pending = [];
  }

  #markDirty(entry: Entry): void {
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.#dirty.add(entry);
  }

  #findStored(key: string): Entry | undefined | 'elsewhere' {
    if (this.#isStoreInDoubt) return 'elsewhere';
    const stored = this.#store.find(this.view.plan.id, key);
    return stored === undefined || stored === 'elsewhere' ? stored : this.#addStored(key, stored);
  }

  #startLoading(keys: readonly string[]): readonly Loading[] {
    const stored = this.#store.load(this.view.plan.id, keys);
    let loadings: readonly Loading[] = [];
    const done = stored
      .then((entities) => {
        loadings.forEach((loading, index) => {
          this.#arrive(loading, entities[index]);
        });
      })
      .finally(() => {
        for (const loading of loadings) {
          if (this.#isAwaited(loading)) this.#loading.delete(loading.key);
        }
      });
    loadings = keys.map((key) => ({ key, holds: 1, entry: undefined, done }));
    for (const loading of loadings) this.#loading.set(loading.key, loading);
    return loadings;
  }

  #arrive(loading: Loading, stored: StoredEntity | undefined): void {
    if (stored === undefined || !this.#isAwaited(loading)) return;
    loading.entry = this.#addStored(loading.key, stored);
    loading.entry.holds = loading.holds;
  }

  /** Whether nobody has changed the store since it was asked: what comes otherwise is old. */
  #isAwaited(loading: Loading): boolean {
    return this.#loading.get(loading.key) === loading;
  }

  #addStored(key: string, { chunks, appliedSeq, baseSeq }: StoredEntity): Entry {
    return this.#add(key, EntityState.load(this.view, chunks), { appliedSeq, baseSeq });
  }

  #entryOf(key: string): Entry {
    const entry = this.#entries.get(key) ?? this.#findStored(key) ?? this.#create(key);
    assert(entry !== 'elsewhere', 'the entity of an event is held');
    return entry;
  }

  #create(key: string): Entry {
    this.#entities += 1;
    return this.#add(key, new EntityState(this.view), { appliedSeq: 0, baseSeq: undefined });
  }

  #add(key: string, state: EntityState, at: Pick<Entry, 'appliedSeq' | 'baseSeq'>): Entry {
    // The sweep looks at the oldest first and costs as much as it frees: it waits until there is a tenth too many. It
    // comes before the new entry is there: an entry that it let go of must not be changed any more.
    this.trim();
    const flags = { isDirty: false, isPending: false, isUsed: true, isGone: false, holds: 0 };
    const entry = { key, state, ...at, ...flags };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Lets go of states that are in the store and were not asked for since the last time, the oldest first. */
  #evict(): void {
    this.handles.clear();
    let looks = 2 * this.#entries.size;
    for (const entry of this.#entries.values()) {
      if (this.#entries.size <= this.#entitiesMax || looks <= 0) return;
      looks -= 1;
      this.#entries.delete(entry.key);
      entry.isGone = !entry.isUsed && !entry.isDirty && !entry.isPending && entry.holds === 0;
      if (entry.isGone) continue;
      entry.isUsed = false;
      this.#entries.set(entry.key, entry);
    }
  }
}

function releaseOne(one: Entry | Loading): void {
  // One that came meanwhile has taken the holds of its way along.
  const holder = 'done' in one ? (one.entry ?? one) : one;
  holder.holds -= 1;
}
