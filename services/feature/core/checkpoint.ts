import type { EntityChange, ViewStats } from './entity-store.ts';
import type { EntityTable } from './entity-table.ts';
import type { OnlineState } from './online-state.ts';

/** Where a checkpoint writes. */
export interface CheckpointStore {
  /** Writes each change, or leaves it when it is older than what is stored; gives those that don't fit what is stored. */
  write(changes: readonly EntityChange[]): Promise<readonly EntityChange[]>;
  /** Says how far the states are, in one transaction, when they are. */
  writeFacts(facts: {
    readonly stats: ReadonlyMap<string, ViewStats>;
    readonly checkpointSeq: number;
  }): Promise<void>;
}

/** How checkpoints are written. */
export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** Entities of one transaction. */
  readonly transactionEntitiesMax: number;
  /** Events older than this before the newest time that was both seen and asked for may be let go of, beyond retention. */
  readonly slackMs: number;
  /** Latest time t that anybody asked for. */
  readonly newestAskedMs: () => number;
}

/**
 * Writes the changed states, so that a restart has only the end of the log to apply. Entities are written at the offsets
 * where they happen to be: each remembers its own, and a replay leaves out what it has.
 */
export class Checkpoint {
  readonly #state: OnlineState;
  readonly #options: CheckpointOptions;
  /** Changes that were taken and could not be written: they come before any later ones. */
  #unwritten: readonly EntityChange[] = [];
  #isFactDue = false;
  #running: Promise<void> | undefined;

  constructor(state: OnlineState, options: CheckpointOptions) {
    this.#state = state;
    this.#options = options;
  }

  /**
   * Brings the store to the log offset of now, or a later one. Runs once at a time.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL; UNAVAILABLE / STORE_UNAVAILABLE; nothing is lost, the next run
   * tries again.
   */
  async run(): Promise<void> {
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  /** Resolves when no run is under way, whatever became of it. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  /** Forgets what could not be written: the store was made anew from the log. */
  discard(): void {
    this.#unwritten = [];
    this.#isFactDue = false;
  }

  async #write(): Promise<void> {
    await this.#writeChanges(this.#unwritten);
    if (!this.#isFactDue && !this.#state.isDirty) return;
    this.#isFactDue = true;
    const checkpointSeq = this.#state.logOffset;
    // What gets dirty from here on is newer than the checkpoint and stands behind: it may wait for the next one.
    const tables = [...this.#state.tables.values()];
    const counts = tables.map((table) => table.dirtyCount);
    for (const [index, table] of tables.entries())
      await this.#writeTable(table, counts[index] ?? 0);
    await this.#options.store.writeFacts({ stats: this.#state.stats(), checkpointSeq });
    this.#isFactDue = false;
    for (const table of tables) table.trim();
  }

  async #writeTable(table: EntityTable, count: number): Promise<void> {
    const { transactionEntitiesMax } = this.#options;
    let left = count;
    while (left > 0) {
      const pruneBefore = this.#pruneBefore(table.view.plan.retentionMs);
      const changes: EntityChange[] = [];
      while (changes.length < Math.min(left, transactionEntitiesMax)) {
        const change = table.takeChange(pruneBefore);
        if (change === undefined) break;
        changes.push(change);
      }
      if (changes.length === 0) return;
      // What did not fit stands at the end of the dirty ones, whole.
      left += (await this.#writeChanges(changes)) - changes.length;
    }
  }

  /** Writes changes; gives how many have to be written again. */
  async #writeChanges(changes: readonly EntityChange[]): Promise<number> {
    if (changes.length === 0) return 0;
    this.#unwritten = changes;
    const misfits = await this.#options.store.write(changes);
    this.#unwritten = [];
    for (const { viewId, key } of misfits) this.#state.tables.get(viewId)?.writeWhole(key);
    this.#state.markWritten();
    return misfits.length;
  }

  /** An event from the far future must not let the present go: what nobody asked for yet stays. */
  #pruneBefore(retentionMs: number): number {
    const newestSeen = [...this.#state.tables.values()].map((table) => table.stats.newestTs);
    const newest = Math.min(Math.max(...newestSeen), this.#options.newestAskedMs());
    return newest - retentionMs - this.#options.slackMs;
  }
}
