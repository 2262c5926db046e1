import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { RowCursor } from './row-cursor.ts';
import type { SourceRows } from './source-rows.ts';

/** What a replay needs of the mesh. */
export interface ReplayPorts {
  readonly clock: Clock;
  /** All events of the interval, in the order in which they become visible. */
  readonly events: AsyncIterable<SourceRows>;
  /** All events of the interval, in the order of their event time. */
  readonly examples: AsyncIterable<SourceRows>;
  /** Resolves when the events are durable and count. */
  readonly ingest: (rows: SourceRows) => Promise<unknown>;
  /** Asks for a prediction at the event time of one example; never rejects. Gives the answer, or undefined when it failed. */
  readonly predict: (rows: SourceRows, index: number) => Promise<ReplayAnswer | undefined>;
  /** Resolves when the outcomes are durable. */
  readonly recordOutcomes: (outcomes: readonly ReplayOutcome[]) => Promise<void>;
  /** Told after each step how far virtual time has come. */
  readonly onProgress: (virtualMs: number) => void;
}

/** What is kept of an answer until its outcome is known. */
export interface ReplayAnswer {
  readonly predictionId: string;
  readonly score: number;
}

/** What came of one replayed prediction. */
export interface ReplayOutcome {
  readonly predictionId: string;
  readonly score: number;
  readonly label: number;
  /** Virtual time at which it was known, epoch ms. */
  readonly observedMs: number;
}

/** Which part of the past is replayed, and how fast. */
export interface ReplaySettings {
  readonly fromMs: number;
  readonly untilMs: number;
  /** An event is visible, and its outcome known, so long after its event time. */
  readonly visibleAfterMs: number;
  /** The example at index i of the interval is predicted when i is a multiple of it. */
  readonly predictEvery: number;
  readonly eventTime: string;
  /** Label of an example: 1 or 0; NaN when it has none. */
  readonly labelOf: (rows: SourceRows, index: number) => number;
  /** Predictions that are under way at once, at most. */
  readonly inFlightMax: number;
  /** Virtual milliseconds for each real one; 0 means as fast as it goes. */
  readonly speed: number;
}

/** Virtual time moves in steps of an hour: events first, then the predictions of that hour, then the outcomes that became known. */
const stepMs = 3_600_000;
/** The monitor takes at most so many outcomes a call. */
const outcomesPerCallMax = 1_024;

/**
 * Replays the past against the mesh in virtual time. A feature at time t sees only events that are visible before t, so it does not
 * matter that the events of an hour are ingested before its predictions are asked for, or how many are under way: each replay gives the same
 * features.
 */
export class ReplayDriver {
  readonly #ports: ReplayPorts;
  readonly #settings: ReplaySettings;
  readonly #events: RowCursor;
  readonly #examples: RowCursor;
  readonly #known: ReplayOutcome[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #exampleIndex = 0;

  constructor(ports: ReplayPorts, settings: ReplaySettings) {
    this.#ports = ports;
    this.#settings = settings;
    const { eventTime, visibleAfterMs } = settings;
    const timeOf = (rows: SourceRows, index: number) =>
      rows.numbers.get(eventTime)?.[index] ?? Number.NaN;
    this.#events = new RowCursor(
      ports.events,
      (rows, index) => timeOf(rows, index) + visibleAfterMs,
    );
    this.#examples = new RowCursor(ports.examples, timeOf);
  }

  /** Replays the whole interval; resolves when the last outcome is durable. Stops early when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { fromMs, untilMs, visibleAfterMs, speed } = this.#settings;
    const startedAt = this.#ports.clock.monotonic();
    for (let now = fromMs; now < untilMs; now += stepMs) {
      signal.throwIfAborted();
      const end = Math.min(now + stepMs, untilMs);
      for await (const rows of this.#events.takeBefore(end)) await this.#ports.ingest(rows);
      await this.#predictUntil(end);
      await this.#recordKnown(end);
      this.#ports.onProgress(end);
      if (speed > 0) {
        const dueAt = startedAt + (end - fromMs) / speed;
        const waitMs = dueAt - this.#ports.clock.monotonic();
        if (waitMs > 0) await this.#ports.clock.sleep(durationMs(waitMs), signal);
      }
    }
    await this.#recordKnown(untilMs + visibleAfterMs);
  }

  async #predictUntil(end: number): Promise<void> {
    for await (const rows of this.#examples.takeBefore(end)) {
      for (let index = 0; index < rows.rows; index += 1) {
        const isWanted = this.#exampleIndex % this.#settings.predictEvery === 0;
        this.#exampleIndex += 1;
        if (!isWanted) continue;
        if (this.#inFlight.size >= this.#settings.inFlightMax) await Promise.race(this.#inFlight);
        this.#begin(rows, index);
      }
    }
    await Promise.all(this.#inFlight);
  }

  #begin(rows: SourceRows, index: number): void {
    const { eventTime, visibleAfterMs, labelOf } = this.#settings;
    const call = this.#ports.predict(rows, index).then((answer) => {
      this.#inFlight.delete(call);
      const label = labelOf(rows, index);
      if (answer === undefined || Number.isNaN(label)) return;
      const observedMs = (rows.numbers.get(eventTime)?.[index] ?? 0) + visibleAfterMs;
      this.#known.push({ ...answer, label, observedMs });
    });
    this.#inFlight.add(call);
  }

  async #recordKnown(end: number): Promise<void> {
    const due = this.#known.filter((outcome) => outcome.observedMs < end);
    if (due.length === 0) return;
    const later = this.#known.filter((outcome) => outcome.observedMs >= end);
    this.#known.splice(0, this.#known.length, ...later);
    for (let from = 0; from < due.length; from += outcomesPerCallMax) {
      await this.#ports.recordOutcomes(due.slice(from, from + outcomesPerCallMax));
    }
  }
}
