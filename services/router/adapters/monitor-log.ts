import type { LoggedPrediction } from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { LogPredictionsRequest } from '../../gen/mlmesh/monitor/v1/LogPredictionsRequest.ts';
import type { LogPredictionsResponse__Output } from '../../gen/mlmesh/monitor/v1/LogPredictionsResponse.ts';
import type { ShadowAnswer } from '../../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { FrameCodec } from '../../shared/platform/grpc/frame-codec.ts';
import { connectFrames, type FrameStream } from '../../shared/platform/grpc/frame-stream.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/channel-credentials.ts';
import { BoundedFifo } from '../../shared/policy/bounded-fifo.ts';
import type { PredictionLog, PredictionRecord, ShadowRecord } from '../ports.ts';

type LogItem =
  | { readonly kind: 'prediction'; readonly record: PredictionRecord }
  | { readonly kind: 'shadow'; readonly record: ShadowRecord };

/** Records that wait while the monitor is away: half a minute at 2,000 predictions a second, about 40 MB. */
const waitingMax = 65_536;
/** Records on the wire at once: within the queue of a frame stream. */
const underWayMax = 1_024;
/** The monitor makes a batch durable before it answers; what takes longer is sent again. */
const ackMsMax = 10_000;
/** Nobody waits for a record: what comes in so many ms goes in one batch, which costs the monitor one commit. */
const lingerMs = durationMs(20);
/** Pause before records are sent again that the monitor did not take. */
const retryMs = durationMs(100);
/** Between two looks whether all is acknowledged. */
const drainLookMs = durationMs(5);

/**
 * Tells the monitor what was predicted. Records are kept until the monitor has acknowledged them, and are sent again when it was away; the monitor
 * takes each once. A queue that is full drops what is new, and says how much in each batch.
 */
export class MonitorLog implements PredictionLog {
  readonly #stream: FrameStream<LogItem, undefined>;
  readonly #clock: Clock;
  readonly #waiting = new BoundedFifo<LogItem>(waitingMax);
  #refused: LogItem[] = [];
  #underWay = 0;
  #dropped = 0;
  #isScheduled = false;
  #isWaiting = false;
  readonly #closing = new AbortController();

  constructor(addresses: readonly string[], clock: Clock, tls?: ClientTls) {
    this.#clock = clock;
    this.#stream = connectFrames('mlmesh.monitor.v1.MonitorService', 'logPredictions', {
      addresses,
      codec: codecWith(() => this.#dropped),
      clock,
      tls,
      frameRowsMax: 512,
      queueRowsMax: underWayMax,
    });
  }

  /** Records that were dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Records that are not acknowledged. */
  get pending(): number {
    return this.#waiting.size + this.#underWay + this.#refused.length;
  }

  prediction(record: PredictionRecord): void {
    this.#offer({ kind: 'prediction', record });
  }

  shadow(record: ShadowRecord): void {
    this.#offer({ kind: 'shadow', record });
  }

  /** Waits until the monitor has acknowledged everything, or `graceMs` are over: what is left then is lost with this process. */
  async drain(graceMs: number): Promise<void> {
    const deadline = this.#clock.monotonic() + graceMs;
    while (this.pending > 0 && this.#clock.monotonic() < deadline) {
      await this.#clock.sleep(drainLookMs, this.#closing.signal);
    }
  }

  close(): void {
    this.#closing.abort(new Error('the log is closed'));
    this.#stream.close();
  }

  #offer(item: LogItem): void {
    if (this.#waiting.push(item)) this.#schedule();
    else this.#dropped += 1;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const send = () => {
      this.#isScheduled = false;
      this.#send();
    };
    void this.#clock.sleep(lingerMs, this.#closing.signal).then(send, send);
  }

  #send(): void {
    if (this.#isWaiting) return;
    const deadline = monotonicMs(this.#clock.monotonic() + ackMsMax);
    const refused = this.#refused;
    this.#refused = [];
    const room = Math.max(0, underWayMax - this.#underWay - refused.length);
    for (const item of [...refused, ...this.#taken(room)]) {
      this.#underWay += 1;
      this.#stream.submit(item, { deadline }, (error) => {
        this.#underWay -= 1;
        if (error === undefined) {
          if (this.#waiting.size > 0) this.#schedule();
          return;
        }
        this.#refused.push(item);
        this.#sendLater();
      });
    }
  }

  *#taken(itemsMax: number): Iterable<LogItem> {
    for (let count = 0; count < itemsMax; count += 1) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      yield item;
    }
  }

  #sendLater(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    void this.#clock.sleep(retryMs, this.#closing.signal).then(
      () => {
        this.#isWaiting = false;
        this.#schedule();
      },
      () => undefined, // closed
    );
  }
}

function codecWith(
  dropped: () => number,
): FrameCodec<LogItem, LogPredictionsRequest, LogPredictionsResponse__Output, undefined> {
  return {
    encode(items, firstBatchId) {
      const predictions: LoggedPrediction[] = [];
      const shadowAnswers: ShadowAnswer[] = [];
      for (const { item } of items) {
        if (item.kind === 'prediction') predictions.push(toLoggedPrediction(item.record));
        else shadowAnswers.push(toShadowAnswer(item.record));
      }
      return {
        frame: { batchId: firstBatchId, predictions, shadowAnswers, dropped: dropped() },
        batches: [items],
      };
    },
    decode: ({ batchId }) => [{ batchId, resultOf: () => undefined }],
  };
}

function toLoggedPrediction(record: PredictionRecord): LoggedPrediction {
  const { features, atMs, featureSetHash } = record;
  return {
    predictionId: record.predictionId,
    model: record.model,
    tier: `TIER_${record.tier}`,
    version: record.version,
    role: `ROLE_${record.role}`,
    score: record.score,
    keys: [...record.keys],
    stamp: features === undefined ? null : { atMs, logOffset: features.logOffset, featureSetHash },
    ...(features === undefined
      ? {}
      : { values: bytesOf(features.values), statuses: Buffer.from(features.statuses) }),
    requestValues: bytesOf(record.requestValues),
    latencyMs: record.latencyMs,
    skippedReason: record.skippedReason,
    traceId: record.traceId,
    atMs,
    shadowVersions: [...record.shadowVersions],
    assignedVersion: record.assignedVersion,
    modelMs: record.modelMs,
    modelBudgetMs: record.modelBudgetMs,
  };
}

function toShadowAnswer({ predictionId, version, result, latencyMs }: ShadowRecord): ShadowAnswer {
  return { predictionId, version, latencyMs, ...result };
}

function bytesOf(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
