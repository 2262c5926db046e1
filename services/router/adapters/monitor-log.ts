import type { LogPredictionsResponse__Output } from '../../gen/mlmesh/monitor/v1/LogPredictionsResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs, type MonotonicMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { EncodedMessage } from '../../shared/platform/grpc/encoded-message.ts';
import type { FrameCodec } from '../../shared/platform/grpc/frame-codec.ts';
import { connectFrames, type FrameStream } from '../../shared/platform/grpc/frame-stream.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { PredictionLog, PredictionRecord, ShadowRecord } from '../ports.ts';
import { encodeBatch, encodePrediction, encodeShadow } from './encode-record.ts';
import { type RecordPage, RecordPages } from './record-pages.ts';

/** What waits while the monitor is away: half a minute at 2,000 predictions a second. A page is what comes in a linger at 2,500 a second with one shadow. */
const waiting = {
  recordsMax: 65_536,
  bytesMax: 64 * 1024 * 1024,
  pageRecordsMax: 256,
  pageBytes: 64 * 1024,
};
/** Records on the wire at once: within the queue of a frame stream. */
const underWayMax = 1_024;
/** Pages on the wire at once: while the monitor hangs, what comes fills the next one rather than a page for each linger. Four full ones are as many records as may be under way. */
const pagesUnderWayMax = 8;
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
  readonly #stream: FrameStream<RecordPage, undefined>;
  readonly #clock: Clock;
  readonly #waiting = new RecordPages(waiting);
  readonly #refused: RecordPage[] = [];
  #refusedRecords = 0;
  #underWay = 0;
  #pagesUnderWay = 0;
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
    return this.#waiting.records + this.#underWay + this.#refusedRecords;
  }

  prediction(record: PredictionRecord): void {
    encodePrediction(record, this.#keep);
  }

  shadow(record: ShadowRecord): void {
    encodeShadow(record, this.#keep);
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

  readonly #keep = (record: Uint8Array): void => {
    if (this.#waiting.add(record)) this.#schedule();
    else this.#dropped += 1;
  };

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
    const deadline = monotonicMs(this.#clock.monotonic() + ackMsMax);
    // One that is refused at once comes back after a pause.
    while (!this.#isWaiting) {
      const page = this.#next();
      if (page === undefined) return;
      this.#submit(page, deadline);
    }
  }

  /** Gives what is to go out next, as far as there is room on the wire: first what was refused. */
  #next(): RecordPage | undefined {
    if (this.#pagesUnderWay >= pagesUnderWayMax) return undefined;
    const room = underWayMax - this.#underWay;
    const [refused] = this.#refused;
    if (refused === undefined) return this.#waiting.take(room);
    if (refused.records > room) return undefined;
    this.#refused.shift();
    this.#refusedRecords -= refused.records;
    return refused;
  }

  #submit(page: RecordPage, deadline: MonotonicMs): void {
    const { records } = page;
    this.#underWay += records;
    this.#pagesUnderWay += 1;
    this.#stream.submit(page, { deadline, rows: records }, (error) => {
      this.#underWay -= records;
      this.#pagesUnderWay -= 1;
      if (error === undefined) {
        this.#waiting.reuse(page);
        if (this.#waiting.records > 0) this.#schedule();
        return;
      }
      this.#refused.push(page);
      this.#refusedRecords += records;
      this.#sendLater();
    });
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
): FrameCodec<RecordPage, EncodedMessage, LogPredictionsResponse__Output, undefined> {
  return {
    encode(items, batchId) {
      const parts = items.map(({ item: { memory, length } }) => memory.subarray(0, length));
      return { frame: encodeBatch(parts, { batchId, dropped: dropped() }), batches: [items] };
    },
    decode: ({ batchId }) => [{ batchId, resultOf: () => undefined }],
  };
}
