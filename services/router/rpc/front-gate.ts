import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CallGate } from '../../shared/platform/grpc/call-gate.ts';
import { priorityHeader } from '../../shared/platform/grpc/priority-header.ts';
import type { Admission } from '../../shared/policy/admission.ts';
import type { TurnWatch } from '../../shared/policy/turn-watch.ts';
import { overloaded } from '../predict/overload.ts';
import type { RouterCounts } from '../predict/router-parts.ts';

/** Times after which asking again pays are told in steps, so that an answer is written once and sent many times. */
const retryStepMs = 50;

/** Refuses predictions by their headers while more are on their way in than the router can let in. */
export class FrontGate implements CallGate {
  readonly paths = new Set([
    '/mlmesh.router.v1.RouterService/Predict',
    '/inference.GRPCInferenceService/ModelInfer',
  ]);
  readonly #admission: Admission;
  readonly #turns: TurnWatch;
  readonly #counts: RouterCounts;
  #arriving = 0;
  #refusal: { readonly stepMs: number; readonly error: MeshError } | undefined;

  constructor(parts: {
    readonly admission: Admission;
    readonly turns: TurnWatch;
    readonly counts: RouterCounts;
  }) {
    this.#admission = parts.admission;
    this.#turns = parts.turns;
    this.#counts = parts.counts;
  }

  enter(header: (name: string) => string | undefined): MeshError | undefined {
    this.#turns.touch();
    if (this.#admission.isFullWith(this.#arriving) && header(priorityHeader) !== 'high') {
      this.#counts.refused += 1;
      return this.#refusalNow();
    }
    this.#arriving += 1;
    return undefined;
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
