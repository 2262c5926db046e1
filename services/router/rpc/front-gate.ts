import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CallGate } from '../../shared/platform/grpc/call-gate.ts';
import { priorityHeader } from '../../shared/platform/grpc/priority-header.ts';
import type { Admission } from '../../shared/policy/admission.ts';
import type { TurnWatch } from '../../shared/policy/turn-watch.ts';
import { overloaded } from '../predict/overload.ts';
import type { RouterCounts } from '../predict/router-parts.ts';

/**
 * Turns of the event loop up to so many ms are calm. Where they are longer under too much load, a request has lost part of its budget before it is read, and whatever the admission has
 * learned in better times, no more are in than {@link laggingMax} in proportion: half of it where turns are twice as long. A long turn by itself is a pause of the machine, after which all are answered.
 */
const calmTurnMs = 5;
/** Calls that may be in while turns are at the edge of that. */
const laggingMax = 64;

/** Times after which asking again pays are told in steps, so that an answer is written once and sent many times. */
const retryStepMs = 50;

/** Refuses predictions by their headers while more are on their way in than the router can let in. */
export class FrontGate implements CallGate {
  readonly paths = new Set([
    '/mlmesh.router.v1.RouterService/Predict',
    '/inference.GRPCInferenceService/ModelInfer',
  ]);
  readonly #admission: Admission;
  readonly #turns: Pick<TurnWatch, 'touch' | 'lagMs'>;
  readonly #counts: RouterCounts;
  #arriving = 0;
  #refusal: { readonly stepMs: number; readonly error: MeshError } | undefined;

  constructor(parts: {
    readonly admission: Admission;
    readonly turns: Pick<TurnWatch, 'touch' | 'lagMs'>;
    readonly counts: RouterCounts;
  }) {
    this.#admission = parts.admission;
    this.#turns = parts.turns;
    this.#counts = parts.counts;
  }

  enter(header: (name: string) => string | undefined): MeshError | undefined {
    this.#turns.touch();
    if (this.#isFull() && header(priorityHeader) !== 'high') {
      this.#counts.refused += 1;
      this.#admission.refuse();
      return this.#refusalNow();
    }
    this.#arriving += 1;
    return undefined;
  }

  #isFull(): boolean {
    const { underWay, waiting, isStrained } = this.#admission;
    const { lagMs } = this.#turns;
    const calmShare = Math.min(1, calmTurnMs / lagMs);
    const isLagging = isStrained && calmShare < 1;
    if (isLagging && underWay + waiting + this.#arriving >= calmShare * laggingMax) return true;
    return this.#admission.isFullWith(this.#arriving);
  }

  arrived(): void {
    this.#arriving -= 1;
  }

  #refusalNow(): MeshError {
    const stepMs = Math.ceil(this.#admission.retryAfterMs / retryStepMs) * retryStepMs;
    if (this.#refusal?.stepMs !== stepMs) {
      this.#refusal = { stepMs, error: overloaded(durationMs(stepMs)) };
    }
    return this.#refusal.error;
  }
}
