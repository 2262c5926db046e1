import type { Clock } from '../../shared/kernel/clock.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';
import type {
  FeatureAnswer,
  FeatureQuery,
  FeatureReader,
  ModelAnswer,
  ModelQuery,
  ModelRunner,
  PredictionLog,
  Receiver,
} from '../ports.ts';
import type { RouterCounts } from './router-parts.ts';

/** One request that shadows are to see. */
export interface ShadowJob {
  readonly predictionId: string;
  readonly query: Pick<ModelQuery, 'model' | 'featureSetHash'> & {
    /** The row that the answering version saw, or where that of another feature set comes from. */
    readonly row: Float32Array | RowSource;
  };
  readonly versions: readonly number[];
  /** Context of the answered request, whose span the shadow's trace links to; undefined when it is not sampled. */
  readonly answered: TraceContext | undefined;
}

/** Where a row comes from when no version has seen it yet. */
export interface RowSource {
  readonly query: Omit<FeatureQuery, 'trace' | 'deadline'>;
  readonly rowOf: (features: FeatureAnswer) => Float32Array;
}

/** Makes the spans of shadow calls: each is the head of a trace of its own, linked to the answered request. */
export interface ShadowTracing {
  beginShadow(answered: TraceContext): TraceContext;
  endShadow(ended: EndedShadow): void;
}

/** A shadow call that is over. */
export interface EndedShadow {
  readonly answered: TraceContext;
  readonly context: TraceContext;
  readonly model: string;
  readonly version: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failedReason: string | undefined;
}

/** What the fan-out needs. */
export interface ShadowParts {
  readonly clock: Clock;
  readonly features: FeatureReader;
  readonly models: ModelRunner;
  readonly log: PredictionLog;
  readonly counts: RouterCounts;
  /** Starts `action` once the answers that are ready now have gone out. */
  readonly later: (action: () => void) => void;
  readonly tracing: ShadowTracing;
}

/** Shadow calls under way at most; the queue behind it drops rather than grows. */
const inFlightMax = 512;
const queueJobsMax = 4_096;
/** A shadow may be slow without being called broken: nobody waits for it. */
const shadowBudgetMs = 1_000;

/**
 * Sends answered requests to the shadow versions. It works only after the answer has gone out, never waits, and drops and counts what does
 * not fit: a hung or slow shadow fills its own queue and nothing else.
 */
export class ShadowFanOut {
  readonly #parts: ShadowParts;
  readonly #queue = new BoundedFifo<ShadowJob>(queueJobsMax);
  #inFlight = 0;
  #isScheduled = false;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Queues a job; a full queue drops it and tells the monitor so, since a missing pair counts against the shadow. */
  offer(job: ShadowJob): void {
    if (!this.#queue.push(job)) {
      this.#parts.counts.shadowsDropped += job.versions.length;
      for (const version of job.versions) this.#logFailure(job, version, 'QUEUE_FULL', 0);
      return;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= inFlightMax) return;
    this.#isScheduled = true;
    this.#parts.later(() => {
      this.#isScheduled = false;
      while (this.#inFlight < inFlightMax) {
        const job = this.#queue.shift();
        if (job === undefined) return;
        for (const version of job.versions) this.#send(job, version);
      }
    });
  }

  #send(job: ShadowJob, version: number): void {
    this.#inFlight += 1;
    const { clock, log, tracing } = this.#parts;
    const startedAt = clock.monotonic();
    const context = job.answered && tracing.beginShadow(job.answered);
    const end = (failedReason: string | undefined) => {
      this.#inFlight -= 1;
      const endedAt = clock.monotonic();
      if (context && job.answered) {
        const { answered } = job;
        const { model } = job.query;
        tracing.endShadow({ answered, context, model, version, startedAt, endedAt, failedReason });
      }
      if (this.#queue.size > 0) this.#schedule();
      return endedAt - startedAt;
    };
    const receiver: Receiver<ModelAnswer> = {
      onAnswer: (answer) => {
        log.shadow({
          predictionId: job.predictionId,
          version,
          result: { score: answer.outputs[0] ?? Number.NaN },
          latencyMs: end(undefined),
        });
      },
      onFailure: (error: MeshError) =>
        this.#logFailure(job, version, error.reason, end(error.reason)),
    };
    const deadline = monotonicMs(startedAt + shadowBudgetMs);
    this.#ask(job.query, { version, trace: context, deadline }, receiver);
  }

  #ask(
    { row, ...query }: ShadowJob['query'],
    call: Pick<ModelQuery, 'version' | 'trace' | 'deadline'>,
    receiver: Receiver<ModelAnswer>,
  ): void {
    const { features, models } = this.#parts;
    if (row instanceof Float32Array) {
      models.run({ ...query, ...call, row }, receiver);
      return;
    }
    const { trace, deadline } = call;
    features.read(
      { ...row.query, trace, deadline },
      {
        onAnswer: (answer) => models.run({ ...query, ...call, row: row.rowOf(answer) }, receiver),
        onFailure: (error) => receiver.onFailure(error),
      },
    );
  }

  #logFailure(job: ShadowJob, version: number, failedReason: string, latencyMs: number): void {
    const { predictionId } = job;
    this.#parts.log.shadow({ predictionId, version, result: { failedReason }, latencyMs });
  }
}
