import type { Clock } from '../../shared/kernel/clock.ts';
import type { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Reason } from '../../shared/kernel/reason.ts';
import type { TraceContext } from '../../shared/kernel/trace-context.ts';
import { type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
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
  ShadowRecord,
} from '../ports.ts';
import type { RouterCounts } from './router-parts.ts';

/** One request that a shadow is to see. */
export interface ShadowJob {
  readonly predictionId: string;
  readonly query: Pick<ModelQuery, 'model' | 'featureSetHash'> & {
    /** The row that the answering version saw, or where that of another feature set comes from. */
    readonly row: Float32Array | RowSource;
  };
  readonly version: number;
  /** Whether it is what the answering version has replaced, or would replace: dropped before other shadows. */
  readonly isReverse: boolean;
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
  /** Whether nothing is to be sent to the shadows of a model. */
  readonly isPaused: (model: string) => boolean;
  /** Starts `action` a little later, when some answers have gone out. */
  readonly later: (action: () => void) => void;
  readonly tracing: ShadowTracing;
}

/** Calls of one shadow under way at most; the queue behind them drops rather than grows. */
const inFlightMax = 512;
const queueJobsMax = 4_096;
/** From so many jobs on that wait, none of a reverse shadow is taken. */
const reverseJobsMax = queueJobsMax / 4;
/** A shadow may be slow without being called broken: nobody waits for it. */
const shadowBudgetMs = 1_000;

/** What waits for one shadow, and how many of its calls are under way. */
interface Lane {
  readonly queue: BoundedFifo<ShadowJob>;
  inFlight: number;
  isScheduled: boolean;
}

/**
 * Sends answered requests to the shadow versions. It works only after the answer has gone out, never waits, and drops and counts what does
 * not fit: a hung or slow shadow fills its own queue, and neither callers nor other shadows meet it.
 */
export class ShadowFanOut {
  readonly #parts: ShadowParts;
  /** By model and version. */
  readonly #lanes = new Map<string, Lane>();

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Queues a job; a full queue drops it and tells the monitor so, since a missing pair counts against the shadow. */
  offer(job: ShadowJob): void {
    const lane = this.#laneOf(job);
    const isTaken = (!job.isReverse || lane.queue.size < reverseJobsMax) && lane.queue.push(job);
    if (isTaken) this.#schedule(lane);
    else this.#drop(job, 'QUEUE_FULL');
  }

  #laneOf({ query: { model }, version }: ShadowJob): Lane {
    const name = `${model}/${version}`;
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    // Shadows come and go: those that are idle give their queues back.
    for (const [other, { queue, inFlight }] of this.#lanes) {
      if (queue.size === 0 && inFlight === 0) this.#lanes.delete(other);
    }
    const lane = {
      queue: new BoundedFifo<ShadowJob>(queueJobsMax),
      inFlight: 0,
      isScheduled: false,
    };
    this.#lanes.set(name, lane);
    return lane;
  }

  #drop(job: ShadowJob, reason: Reason): void {
    const { counts, log } = this.#parts;
    counts.shadowsDropped += 1;
    const { predictionId, version } = job;
    log.shadow({ predictionId, version, result: { failedReason: reason }, latencyMs: 0 });
  }

  #schedule(lane: Lane): void {
    if (lane.isScheduled || lane.inFlight >= inFlightMax) return;
    lane.isScheduled = true;
    this.#parts.later(() => {
      lane.isScheduled = false;
      while (lane.inFlight < inFlightMax) {
        const job = lane.queue.shift();
        if (job === undefined) return;
        if (this.#parts.isPaused(job.query.model)) this.#drop(job, 'SHADOW_PAUSED');
        else this.#send(job, lane);
      }
    });
  }

  #send(job: ShadowJob, lane: Lane): void {
    lane.inFlight += 1;
    const { clock, tracing } = this.#parts;
    const startedAt = clock.monotonic();
    const context = job.answered && tracing.beginShadow(job.answered);
    const { version } = job;
    const deadline = monotonicMs(startedAt + shadowBudgetMs);
    const call = new ShadowCall(this, { job, lane, startedAt, context });
    this.#ask(job.query, { version, trace: context, deadline }, call);
  }

  /** Takes what became of a call: the score, or why there is none. */
  onEnd(
    { job, lane, startedAt, context }: SentShadow,
    result: ShadowRecord['result'],
    failedReason: string | undefined,
  ): void {
    lane.inFlight -= 1;
    const { clock, log, tracing } = this.#parts;
    const endedAt = clock.monotonic();
    const { predictionId, version, answered } = job;
    if (context && answered) {
      const { model } = job.query;
      tracing.endShadow({ answered, context, model, version, startedAt, endedAt, failedReason });
    }
    if (lane.queue.size > 0) this.#schedule(lane);
    log.shadow({ predictionId, version, result, latencyMs: endedAt - startedAt });
  }

  #ask(
    query: ShadowJob['query'],
    call: Pick<ModelQuery, 'version' | 'trace' | 'deadline'>,
    receiver: Receiver<ModelAnswer>,
  ): void {
    const { features, models } = this.#parts;
    const { row } = query;
    if (row instanceof Float32Array) {
      models.run(modelQuery(query, call, row), receiver);
      return;
    }
    const { featureSetHash, keys, atMs } = row.query;
    const { trace, deadline } = call;
    features.read(
      { featureSetHash, keys, atMs, trace, deadline },
      {
        onAnswer: (answer) => models.run(modelQuery(query, call, row.rowOf(answer)), receiver),
        onFailure: (error) => receiver.onFailure(error),
      },
    );
  }
}

/** Property by property: an object that begins with a spread gets a hidden class of its own with each property that follows, which the collector has to clear up. */
function modelQuery(
  { model, featureSetHash }: ShadowJob['query'],
  { version, trace, deadline }: Pick<ModelQuery, 'version' | 'trace' | 'deadline'>,
  row: Float32Array,
): ModelQuery {
  return { model, version, featureSetHash, row, trace, deadline };
}

/** A call of a shadow that is under way. */
interface SentShadow {
  readonly job: ShadowJob;
  readonly lane: Lane;
  readonly startedAt: MonotonicMs;
  readonly context: TraceContext | undefined;
}

/** Waits for the answer of a shadow, in one object: closures for it were a twentieth of what a request allocates. */
class ShadowCall implements Receiver<ModelAnswer> {
  readonly #fanOut: ShadowFanOut;
  readonly #sent: SentShadow;

  constructor(fanOut: ShadowFanOut, sent: SentShadow) {
    this.#fanOut = fanOut;
    this.#sent = sent;
  }

  onAnswer({ outputs }: ModelAnswer): void {
    this.#fanOut.onEnd(this.#sent, { score: outputs[0] ?? Number.NaN }, undefined);
  }

  onFailure({ reason }: MeshError): void {
    this.#fanOut.onEnd(this.#sent, { failedReason: reason }, reason);
  }
}
