import { MeshError } from '../kernel/mesh-error.ts';
import type { EntityIndex } from './entity-index.ts';
import type { FeatureVector } from './feature-vector.ts';
import type { Position } from './position.ts';
import type { PrunedBase } from './pruned-base.ts';
import type { PlannedEnd, PlannedWindow, ReadPlan } from './read-plan.ts';
import {
  emptyRow,
  forgetRow,
  giveRow,
  isHeldAt,
  type RememberedRow,
  rememberRow,
} from './remembered-row.ts';
import { windowBegin } from './window.ts';

/**
 * Reads the features of a plan for one entity, and remembers them: they are computed anew only when an event came or went,
 * or when the begin or the end of their window has moved over one. A window holds the same events for all bounds in
 * (from, until], where these are the times of the events on both sides.
 */
export class EntityReads {
  readonly plan: ReadPlan;
  /** What the last read gave: mostly the next one gives it again. Whoever changes the entity forgets it, or {@link forget}s all. */
  readonly row: RememberedRow;
  /** Number of the entity's change that it is up to. */
  change = -1;
  readonly #index: EntityIndex;
  readonly #base: PrunedBase;
  /**
   * Side by side, because a read looks at all of it: the bounds of the plan's ends and of the begins of its windows,
   * [from, until] each, NaN where they are not known; then what its features gave, in their order.
   */
  readonly #memory: Float64Array;
  /** Where the windows begin, [chunk, row] each. */
  readonly #begins: Uint32Array;

  /** `base` is what the entity has let go of. */
  constructor(plan: ReadPlan, index: EntityIndex, base: PrunedBase) {
    this.plan = plan;
    this.#index = index;
    this.#base = base;
    this.#memory = new Float64Array(plan.featuresFrom + plan.features.length);
    this.row = emptyRow(plan);
    this.#begins = new Uint32Array(plan.windows.length * 2);
  }

  /** Forgets all: the entity has changed. */
  forget(): void {
    this.#memory.fill(Number.NaN);
    forgetRow(this.row);
  }

  /**
   * As EntityState.read; the totals of the index have to be fresh.
   * @throws {MeshError} OUT_OF_RANGE / HISTORY_PRUNED when a window reaches events that were pruned; recompute then.
   */
  read(t: number, vector: FeatureVector, offset: number): void {
    if (isHeldAt(this.row, t)) {
      giveRow(this.row, this.plan, vector, offset);
      return;
    }
    const { ends, windows, cells, featuresFrom } = this.plan;
    for (const end of ends) {
      end.isLocated = false;
      const bound = t - end.delayMs;
      if (!this.#holds(end.slot, bound)) this.#moveEnd(end, bound);
      cells.agesMs[end.index] = t - (this.#memory[end.slot] ?? Number.NaN);
    }
    for (const window of windows) {
      const bound = beginOf(window, t);
      if (!this.#holds(window.slot, bound)) this.#moveBegin(window, bound, t);
    }
    vector.resolveAll(offset, cells, { values: this.#memory, from: featuresFrom });
    rememberRow(this.row, { t, plan: this.plan, memory: this.#memory, vector, offset });
  }

  /** Whether a bound lies in the interval that stands there; never where it is not known. */
  #holds(slot: number, bound: number): boolean {
    return bound > (this.#memory[slot] ?? bound) && bound <= (this.#memory[slot + 1] ?? bound);
  }

  /** Windows with another end hold other events: all of them are looked up again. */
  #moveEnd(end: PlannedEnd, bound: number): void {
    const { position } = end;
    this.#index.locate(bound, position);
    this.#remember(
      end.slot,
      Math.max(this.#index.tsBefore(position), this.#base.newestTs),
      position,
    );
    for (const window of this.plan.windows) {
      if (window.end === end) this.#memory[window.slot] = Number.NaN;
    }
  }

  #moveBegin(window: PlannedWindow, bound: number, t: number): void {
    const base = this.#base;
    if (base.rows > 0 && base.newestTs >= bound) {
      throw new MeshError({
        code: 'OUT_OF_RANGE',
        reason: 'HISTORY_PRUNED',
        message: `wanted view '${this.plan.viewId}' at ${t}, where a window reaches events that the online state has let go of; recompute it from the log`,
      });
    }
    const { isLifetime, begin, slot } = window;
    this.#placeBegin(window, bound);
    if (isLifetime) {
      this.#memory[slot] = base.newestTs;
      this.#memory[slot + 1] = Number.POSITIVE_INFINITY;
    } else this.#remember(slot, Math.max(this.#index.tsBefore(begin), base.newestTs), begin);
    this.#compute(window, t);
  }

  /** Time goes forward: mostly a few events on from where the window began before. */
  #placeBegin({ isLifetime, begin, index, slot }: PlannedWindow, bound: number): void {
    begin.chunk = 0;
    begin.row = 0;
    if (isLifetime) return;
    const begins = this.#begins;
    const isAhead = bound > (this.#memory[slot + 1] ?? bound);
    if (isAhead) {
      begin.chunk = begins[index * 2] ?? 0;
      begin.row = begins[index * 2 + 1] ?? 0;
    }
    if (!(isAhead && this.#index.advance(bound, begin))) this.#index.locate(bound, begin);
    begins[index * 2] = begin.chunk;
    begins[index * 2 + 1] = begin.row;
  }

  #remember(slot: number, from: number, position: Position): void {
    this.#memory[slot] = from;
    this.#memory[slot + 1] = this.#index.tsAt(position);
  }

  #compute(window: PlannedWindow, t: number): void {
    const { plan } = this;
    const { end, begin, isLifetime } = window;
    const index = this.#index;
    if (!end.isLocated) {
      index.locate(t - end.delayMs, end.position);
      index.totalsBefore(end.position, plan.totals, end.totalsFrom);
      end.isLocated = true;
    }
    index.totalsBefore(begin, plan.totals, window.totalsFrom);
    const pruned = this.#base.rows > 0 && isLifetime ? this.#base : undefined;
    for (const at of window.features) {
      const feature = plan.features[at];
      if (feature === undefined) continue;
      this.#memory[plan.featuresFrom + at] = index.aggregate(feature, plan, pruned);
    }
  }
}

/** Gives the time that has to lie behind all that was let go of: the begin of a window; of a lifetime, which may hold it, the end. */
function beginOf({ window, isLifetime, end }: PlannedWindow, t: number): number {
  return isLifetime ? t - end.delayMs : windowBegin(window, t);
}
