import type { Mesh } from '../../shared/definition/mesh.ts';
import { type EntityStore, EntityTable, type ViewStats } from './entity-table.ts';
import { EventApplier } from './event-applier.ts';
import type { EventRecord } from './event-codec.ts';

/** Limits of the {@link OnlineState}. */
export interface OnlineStateLimits {
  /** Entities of one view that stay in memory. */
  readonly entitiesMax: number;
  /** Events that are applied before others get their turn. */
  readonly sliceRowsMax: number;
}

/** The states of all views, and how far in the log they are. */
export class OnlineState {
  /** By view id. */
  readonly tables: ReadonlyMap<string, EntityTable>;
  readonly #tablesBySource: ReadonlyMap<string, readonly EntityTable[]>;
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
    this.tables = new Map(
      mesh.views.map((view) => [view.id, new EntityTable(view, store, options.entitiesMax)]),
    );
    const bySource = new Map<string, EntityTable[]>();
    for (const table of this.tables.values()) {
      const { source } = table.view.plan;
      bySource.set(source, [...(bySource.get(source) ?? []), table]);
    }
    this.#tablesBySource = bySource;
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
  async apply({ source, events }: EventRecord, logOffset: number): Promise<void> {
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
    for (const table of this.tables.values()) {
      for (const _ of table.warm()) {
        await this.#yieldTurn();
        if (signal.aborted) return;
      }
    }
  }

  /** Says that the log holds nothing more up to this offset for the views of the mesh. */
  advance(logOffset: number): void {
    this.#logOffset = Math.max(this.#logOffset, logOffset);
  }

  /** Starts over from the store, at this log offset, after somebody else wrote there. Nothing may be dirty. */
  reload(logOffset: number): void {
    for (const table of this.tables.values()) table.reload();
    this.#logOffset = logOffset;
  }
}
