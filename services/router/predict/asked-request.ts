import type { CallContext } from '../../shared/kernel/call-context.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import type { DurationMs, MonotonicMs } from '../../shared/kernel/units.ts';
import type { Entrant, Place } from '../../shared/policy/admission.ts';
import type { ModelContract } from '../core/model-contract.ts';
import type { PredictQuery } from '../core/parse-request.ts';
import type { Drill } from './drill.ts';
import type { PredictionResult } from './prediction-result.ts';
import type { PredictionRun, RunListener } from './prediction-run.ts';

/** A request that was read. */
export interface ReadRequest {
  readonly contract: ModelContract;
  readonly query: PredictQuery;
  readonly startedAt: MonotonicMs;
  readonly call: CallContext;
  readonly context: TraceContext;
}

/** Who goes on with requests. */
export interface RequestOwner<Answer> {
  onAdmitted(asked: AskedRequest<Answer>, place: Place): void;
  onRefused(asked: AskedRequest<Answer>, retryAfterMs: DurationMs): void;
  onDone(asked: AskedRequest<Answer>, result: PredictionResult, run: PredictionRun): void;
  onFailed(asked: AskedRequest<Answer>, error: MeshError): void;
}

/** Who waits for the answer. */
export interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A request on its way to its answer. It is what waits for admission and listens to its run, in one object: closures for each step were a twentieth of what a request
 * allocates.
 */
export class AskedRequest<Answer> implements Entrant, RunListener {
  readonly request: ReadRequest;
  readonly waiting: Waiting<Answer>;
  readonly drill: Drill | undefined;
  /** Undefined for a drill, which takes nobody's place. */
  place: Place | undefined;
  readonly #owner: RequestOwner<Answer>;

  constructor(
    owner: RequestOwner<Answer>,
    request: ReadRequest,
    waiting: Waiting<Answer>,
    drill: Drill | undefined,
  ) {
    this.#owner = owner;
    this.request = request;
    this.waiting = waiting;
    this.drill = drill;
  }

  onAdmitted(place: Place): void {
    this.place = place;
    this.#owner.onAdmitted(this, place);
  }

  onRefused(retryAfterMs: DurationMs): void {
    this.#owner.onRefused(this, retryAfterMs);
  }

  onDone(result: PredictionResult, run: PredictionRun): void {
    this.#owner.onDone(this, result, run);
  }

  onFailed(error: MeshError): void {
    this.#owner.onFailed(this, error);
  }
}
