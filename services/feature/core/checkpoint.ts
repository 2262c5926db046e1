import type { EntityChange, EntityTable, ViewStats } from './entity-table.ts';
import type { OnlineState } from './online-state.ts';

/** What a checkpoint writes in one transaction. */
export interface CheckpointWrite {
  readonly changes: readonly EntityChange[];
  readonly stats: ReadonlyMap<string, ViewStats>;
  /** Set by the last transaction of a checkpoint. */
  readonly checkpointSeq: number | undefined;
}

/** How checkpoints are written. */
export interface CheckpointOptions {
  readonly write: (write: CheckpointWrite) => Promise<void>;
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
  /** A transaction that failed: its changes were taken and have to be written before any later ones. */
  #unwritten: CheckpointWrite | undefined;
  #running: Promise<void> | undefined;

  constructor(state: OnlineState, options: CheckpointOptions) {
    this.#state = state;
    this.#options = options;
  }

  /**
   * Brings the store to the log offset of now, or a later one. Runs once at a time.
   * @throws {MeshError} RESOURCE_EXHAUSTED / DISK_FULL; nothing is lost, the next run tries again.
   */
  async run(): Promise<void> {
    this.#running ??= this.#write().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #write(): Promise<void> {
    if (this.#unwritten === undefined && !this.#state.isDirty) return;
    const checkpointSeq = this.#state.logOffset;
    // What gets dirty from here on is newer than the checkpoint and stands behind: it may wait for the next one.
    const tables = [...this.#state.tables.values()];
    const counts = tables.map((table) => table.dirtyCount);
    await this.#writeNext();
    for (const [index, table] of tables.entries())
      await this.#writeTable(table, counts[index] ?? 0);
    await this.#writeNext({ changes: [], stats: this.#state.stats(), checkpointSeq });
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
      left -= changes.length;
      await this.#writeNext({ changes, stats: new Map(), checkpointSeq: undefined });
    }
  }

  async #writeNext(next?: CheckpointWrite): Promise<void> {
    for (const write of [this.#unwritten, next]) {
      if (write === undefined) continue;
      this.#unwritten = write;
      await this.#options.write(write);
      this.#unwritten = undefined;
      this.#state.markWritten();
    }
  }

  /** An event from the far future must not let the present go: what nobody asked for yet stays. */
  #pruneBefore(retentionMs: number): number {
    const newestSeen = [...this.#state.tables.values()].map((table) => table.stats.newestTs);
    const newest = Math.min(Math.max(...newestSeen), this.#options.newestAskedMs());
    return newest - retentionMs - this.#options.slackMs;
  }
}
