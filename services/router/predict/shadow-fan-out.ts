import type { Clock, Random } from '../../shared/kernel/clock.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import { monotonicMs } from '../../shared/kernel/units.ts';
import { BoundedQueue } from '../core/bounded-queue.ts';
import type { ModelAnswer, ModelQuery, ModelRunner, PredictionLog, Receiver } from '../ports.ts';
import type { RouterCounts } from './router-parts.ts';

/** One request that shadows are to see. */
export interface ShadowJob {
  readonly predictionId: string;
  readonly query: Omit<ModelQuery, 'version' | 'deadline'>;
  readonly versions: readonly number[];
}

/** What the fan-out needs. */
export interface ShadowParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly models: ModelRunner;
  readonly log: PredictionLog;
  readonly counts: RouterCounts;
  /** Starts `action` once the answers that are ready now have gone out. */
  readonly later: (action: () => void) => void;
  /** Called as each shadow call ends, for its span. */
  readonly onEnd: (job: ShadowJob, version: number, startedAt: number, endedAt: number) => void;
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
  readonly #queue = new BoundedQueue<ShadowJob>(queueJobsMax);
  #inFlight = 0;
  #isScheduled = false;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Queues a job; a full queue drops it and tells the monitor so, since a missing pair counts against the shadow. */
  offer(job: ShadowJob): void {
    if (!this.#queue.offer(job)) {
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
      for (const job of this.#queue.take(inFlightMax - this.#inFlight)) {
        for (const version of job.versions) this.#send(job, version);
      }
    });
  }

  #send(job: ShadowJob, version: number): void {
    this.#inFlight += 1;
    const startedAt = this.#parts.clock.monotonic();
    const end = () => {
      this.#inFlight -= 1;
      const endedAt = this.#parts.clock.monotonic();
      this.#parts.onEnd(job, version, startedAt, endedAt);
      if (this.#queue.size > 0) this.#schedule();
      return endedAt - startedAt;
    };
    const receiver: Receiver<ModelAnswer> = {
      onAnswer: (answer) => {
        this.#parts.log.shadow({
          predictionId: job.predictionId,
          version,
          result: { score: answer.outputs[0] ?? Number.NaN },
          latencyMs: end(),
        });
      },
      onFailure: (error: MeshError) => this.#logFailure(job, version, error.reason, end()),
    };
    this.#parts.models.run(
      { ...job.query, version, deadline: monotonicMs(startedAt + shadowBudgetMs) },
      receiver,
    );
  }

  #logFailure(job: ShadowJob, version: number, failedReason: string, latencyMs: number): void {
    this.#parts.log.shadow({ predictionId: job.predictionId, version, result: { failedReason }, latencyMs });
  }
}
