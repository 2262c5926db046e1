import type { Mesh } from '../../shared/definition/mesh.ts';
import type { EntityStore, ViewStats } from './entity-store.ts';
import { EntityTable } from './entity-table.ts';
import { EventApplier } from './event-applier.ts';
import type { EventRecord, SourceEvents } from './event-codec.ts';

/** Limits of the {@link OnlineState}. */
export interface OnlineStateLimits {
  /** Entities of one view that stay in memory. */
  readonly entitiesMax: number;
  /** Events that are applied before others get their turn. */
  readonly sliceRowsMax: number;
}

/** Keys that a warm-up looks at together: one round trip to a store elsewhere. */
const warmKeysMax = 64;

/** The states of all views, and how far in the log they are. */
export class OnlineState {
  /** By view id. */
  readonly tables: ReadonlyMap<string, EntityTable>;
  readonly #tables: Map<string, EntityTable>;
  readonly #store: EntityStore;
  #tablesBySource: ReadonlyMap<string, readonly EntityTable[]>;
  readonly #limits: OnlineStateLimits;
  readonly #yieldTurn: () => Promise<void>;
  #logOffset: number;

  /** `yieldTurn` resolves after others had their turn of the event loop. */
  constructor(
    mesh: Pick<Mesh, 'views'>,
    store: EntityStore,
    options: OnlineStateLimits & {
      readonly logOffset: number;
      readonly yieldTurn: () => Promise<void>;
    },
  ) {
    this.#store = store;
    this.#tables = new Map(
      mesh.views.map((view) => [view.id, new EntityTable(view, store, options.entitiesMax)]),
    );
    this.tables = this.#tables;
    this.#tablesBySource = bySource(this.#tables.values());
    this.#limits = options;
    this.#yieldTurn = options.yieldTurn;
    this.#logOffset = options.logOffset;
  }

  /** Log offset L: every read sees exactly the events up to it. */
  get logOffset(): number {
    return this.#logOffset;
  }

  /**
   * Brings the events of a record that count into the states of its source's views; what they have already is left out.
   * `logOffset` is that of the record's end. Between two turns of the event loop all views are at one log offset.
   */
  async apply(record: EventRecord, logOffset: number): Promise<void> {
    const { source, events } = record;
    const release = await this.hold([record]);
    const tables = this.#tablesBySource.get(source) ?? [];
    const appliers = tables.map((table) => new EventApplier(table, events));
    const { sliceRowsMax } = this.#limits;
    for (let from = 0; from < events.rows; from += sliceRowsMax) {
      if (from > 0) await this.#yieldTurn();
      const until = Math.min(events.rows, from + sliceRowsMax);
      for (const applier of appliers) applier.apply(from, until);
      this.advance(events.seq[until - 1] ?? 0);
    }
    this.advance(logOffset);
    release();
  }

  /**
   * Brings the entities of events into memory, where that has to be waited for, and keeps them there until the function
   * that this gives is called.
   * @throws {MeshError} as EntityTable.hold
   */
  async hold(records: readonly SourceEvents[]): Promise<() => void> {
    if (!this.#store.isRemote) return () => undefined;
    const wanted = new Map<EntityTable, Set<string>>();
    for (const { source, events } of records) {
      for (const table of this.#tablesBySource.get(source) ?? []) {
        const keys = wanted.get(table) ?? new Set();
        for (const key of new EventApplier(table, events).keys()) keys.add(key);
        wanted.set(table, keys);
      }
    }
    return await holdEntities(wanted);
  }

  /** Lets go of views: no event reaches them any more. */
  forget(views: readonly string[]): void {
    for (const id of views) this.#tables.delete(id);
    this.#tablesBySource = bySource(this.#tables.values());
  }

  /** Whether some state has changes that were not taken. */
  get isDirty(): boolean {
    for (const table of this.tables.values()) if (table.dirtyCount > 0) return true;
    return false;
  }

  /** Says that all changes that were taken are in the store. */
  markWritten(): void {
    for (const table of this.tables.values()) table.markWritten();
  }

  /** Gives the statistics of all views. */
  stats(): ReadonlyMap<string, ViewStats> {
    return new Map([...this.tables].map(([id, table]) => [id, table.stats]));
  }

  /**
   * Loads stored states into memory, in turns with others, until there is no more room or `signal` aborts.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  async warm(signal: AbortSignal): Promise<void> {
    for (const table of this.tables.values()) await this.#warmTable(table, signal);
  }

  async #warmTable(table: EntityTable, signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    while (table.hasRoom && !signal.aborted) {
      const keys = this.#store.keysAfter(table.view.plan.id, after, warmKeysMax);
      if (keys.length === 0) return;
      after = keys.at(-1);
      if (this.#store.isRemote) (await table.hold(keys))();
      else await this.#warmEach(table, keys, signal);
    }
  }

  async #warmEach(table: EntityTable, keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (const key of keys) {
      if (signal.aborted || !table.hasRoom) return;
      table.find(key);
      await this.#yieldTurn();
    }
  }

  /** Says that the log holds nothing more up to this offset for the views of the mesh. */
  advance(logOffset: number): void {
    this.#logOffset = Math.max(this.#logOffset, logOffset);
  }

  /** As EntityTable.doubtStore, until {@link reload}. */
  doubtStore(): void {
    for (const table of this.tables.values()) table.doubtStore();
  }

  /** Lets go of changes that are not written: the store was made anew, and has their events. */
  discardChanges(): void {
    for (const table of this.tables.values()) table.discardChanges();
  }

  /** Starts over from the store, at this log offset, after somebody else wrote there. Nothing may be dirty. */
  reload(logOffset: number): void {
    for (const table of this.tables.values()) table.reload();
    this.#logOffset = logOffset;
  }
}

function bySource(tables: Iterable<EntityTable>): ReadonlyMap<string, readonly EntityTable[]> {
  const found = new Map<string, EntityTable[]>();
  for (const table of tables) {
    const { source } = table.view.plan;
    found.set(source, [...(found.get(source) ?? []), table]);
  }
  return found;
}

/**
 * Holds entities of several views, all in one round trip; gives what lets go of them.
 * @throws {MeshError} as EntityTable.hold
 */
export async function holdEntities(
  wanted: ReadonlyMap<EntityTable, Iterable<string>>,
): Promise<() => void> {
  const holds = await Promise.allSettled([...wanted].map(([table, keys]) => table.hold(keys)));
  const release = (): void => {
    for (const hold of holds) if (hold.status === 'fulfilled') hold.value();
  };
  const failed = holds.find((hold) => hold.status === 'rejected');
  if (failed === undefined) return release;
  release();
  throw failed.reason;
}
