import type { Clock } from '../../shared/kernel/clock.ts';
import { unpackTraceContext } from '../../shared/kernel/trace-context.ts';
import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';

/** One read that was made for several rows at once. */
export interface TracedRead {
  readonly rows: number;
  readonly startedAt: MonotonicMs;
  /** Reason of the error; undefined when there was none. */
  readonly error: string | undefined;
}

/** Makes a span `feature read` for each row whose trace is sampled. */
export class ReadTracer {
  readonly #telemetry: Pick<Telemetry, 'spans' | 'ids' | 'spanClock'>;
  readonly #clock: Clock;

  constructor(telemetry: Pick<Telemetry, 'spans' | 'ids' | 'spanClock'>, clock: Clock) {
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  /** Tells of a read that has just ended; `contexts` are the packed trace contexts of its rows, or empty. */
  trace(contexts: Buffer, read: TracedRead): void {
    if (contexts.length === 0) return;
    const { spans, ids, spanClock } = this.#telemetry;
    const endEpochMs = spanClock.epochOf(this.#clock.monotonic());
    for (let row = 0; row < read.rows; row += 1) {
      const parent = unpackTraceContext(contexts, row);
      if (parent?.isSampled !== true) continue;
      spans.record({
        traceId: parent.traceId,
        spanId: ids.newSpanId(),
        parentSpanId: parent.spanId,
        name: 'feature read',
        startEpochMs: spanClock.epochOf(read.startedAt),
        endEpochMs,
        attributes: { 'mesh.batch.rows': read.rows, 'error.type': read.error },
        error: read.error,
      });
    }
  }
}
