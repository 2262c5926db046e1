import { type CompiledView, compileView } from '../../shared/compute/compiled-view.ts';
import { EntityState } from '../../shared/compute/entity-state.ts';
import type { EventColumns } from '../../shared/compute/event-columns.ts';
import { pickColumns } from '../../shared/compute/event-columns.ts';
import { type ViewPlan, viewId } from '../../shared/compute/plan.ts';
import { EntityGroups } from '../core/entity-groups.ts';
import type { EntityChange } from '../core/entity-store.ts';
import type { EventTable } from '../core/event-table.ts';
import type { OnlineStore } from '../ports.ts';
import type { JobContext, JobRun } from './job-context.ts';

/** What the states of some views are made from. */
export interface Backfill {
  readonly views: readonly ViewPlan[];
  /** All events of the views' source. */
  readonly events: EventTable;
  /** Log offset that the events reach. */
  readonly logOffset: number;
  /** Events with ts before are let go of where no window needs them, given as ms before the newest event: slack beyond retention. */
  readonly slackMs: number;
}

/** Bytes of state that one transaction writes. */
const transactionBytesMax = 8 * 1_048_576;

/**
 * Makes the states of views anew from events, view by view. Their hashes are gone from the store before the first change,
 * and the caller writes them when all is done: what was interrupted is made again.
 */
export async function backfillViews(
  context: JobContext,
  backfill: Backfill,
  run: JobRun,
): Promise<void> {
  const { events, logOffset } = backfill;
  const online = await context.openOnline();
  const newestTs = events.ts[events.rows - 1] ?? Number.NEGATIVE_INFINITY;
  for (const plan of backfill.views) {
    await online.clearView(plan.id);
    const groups = new EntityGroups(events, plan);
    const view = compileView(plan);
    const pruneBefore = newestTs - plan.retentionMs - backfill.slackMs;
    const pending = new PendingChanges(online);
    let done = 0;
    for (let index = 0; index < groups.count; index += 1) {
      run.signal.throwIfAborted();
      const { key, events: own } = groups.at(index);
      const state = stateOf(view, own, pruneBefore);
      await pending.add({
        viewId: plan.id,
        key,
        chunks: state.allChunks(),
        appliedSeq: logOffset,
        baseSeq: undefined,
        remainder: online.isRemote ? state.remainder() : undefined,
      });
      done += own.rows;
      if (index % 256 === 255 || index === groups.count - 1) {
        await run.send({
          kind: 'progress',
          stage: `online state of ${viewId(plan.source, plan.by)}`,
          done,
          total: events.rows,
        });
      }
    }
    await pending.write();
    const stats = new Map([[plan.id, { entities: groups.count, newestTs }]]);
    await online.writeFacts({ stats });
  }
}

/** Gives the state of an entity with these events, without those before `pruneBefore` that no window needs. */
export function stateOf(
  view: CompiledView,
  events: EventColumns,
  pruneBefore: number,
): EntityState {
  const state = new EntityState(view);
  const columns = pickColumns(events, view.plan.columns);
  const values = new Float64Array(columns.length);
  for (let row = 0; row < events.rows; row += 1) {
    columns.forEach((column, index) => {
      values[index] = column[row] ?? Number.NaN;
    });
    state.insert(events.ts[row] ?? 0, events.seq[row] ?? 0, values);
  }
  state.prune(pruneBefore);
  return state;
}

/** Collects changes until they are worth a transaction. */
class PendingChanges {
  readonly #online: OnlineStore;
  #changes: EntityChange[] = [];
  #bytes = 0;

  constructor(online: OnlineStore) {
    this.#online = online;
  }

  async add(change: EntityChange): Promise<void> {
    this.#changes.push(change);
    for (const { bytes } of change.chunks) this.#bytes += bytes?.length ?? 0;
    if (this.#bytes >= transactionBytesMax) await this.write();
  }

  async write(): Promise<void> {
    const changes = this.#changes;
    this.#changes = [];
    this.#bytes = 0;
    if (changes.length === 0) return;
    await this.#online.write(changes);
  }
}
