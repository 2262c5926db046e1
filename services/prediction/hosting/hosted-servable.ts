import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { InferLane } from '../core/infer-lane.ts';
import type { ServableSnapshot } from '../core/plan-servables.ts';
import { servableId } from '../core/servable-spec.ts';
import { moveServable, type ServableState } from '../core/servable-state.ts';
import { memoryBytesOf, type ServableRole, type WantedServable } from '../core/wanted-set.ts';
import type { Servable } from '../ports.ts';

/** A version that this process hosts: where it is in its life, and what belongs to it there. */
export class HostedServable {
  readonly id: string;
  readonly wanted: WantedServable;
  /** The part that it plays, or played last; it may change while it is hosted. */
  role: ServableRole;
  servable: Servable | undefined;
  /** Where its rows go, from `ready` on. */
  lane: InferLane | undefined;
  /** Runtime; empty before it is open. */
  backend = '';
  error: MeshError | undefined;
  /** Loads that failed in a row. */
  failedLoads = 0;
  loadBegunAt: MonotonicMs = monotonicMs(0);
  retryAt: MonotonicMs = monotonicMs(Number.POSITIVE_INFINITY);
  /** Whether a native call did not come back: such a version is not loaded again in this process. */
  isStuck = false;
  readonly #onMove: () => void;
  #state: ServableState = 'new';

  /** @param onMove called after each move to another state */
  constructor(wanted: WantedServable, onMove: () => void) {
    this.id = servableId(wanted);
    this.wanted = wanted;
    this.role = wanted.role;
    this.#onMove = onMove;
  }

  get state(): ServableState {
    return this.#state;
  }

  moveTo(state: ServableState): void {
    this.#state = moveServable(this.#state, state);
    this.#onMove();
  }

  snapshot(): ServableSnapshot {
    const { id, wanted, role, state, loadBegunAt, retryAt, isStuck } = this;
    return {
      id,
      model: wanted.model,
      memoryBytes: memoryBytesOf(wanted),
      state,
      loadBegunAt,
      retryAt,
      isStuck,
      isRequested: role === 'requested',
    };
  }
}
