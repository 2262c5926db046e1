import type { MonitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type DriftAnswer, judgeCounts } from '../core/windows/judge-counts.ts';
import { mergeWindows, type WindowCounts } from '../core/windows/window-counts.ts';
import type { PredictionStore, StoredWindow, VersionKey, WindowStore } from '../ports.ts';
import type { CountedVersion, CounterBook } from './counter-book.ts';
import type { ReferenceDesk } from './reference-desk.ts';
import type { VersionReader } from './version-reader.ts';
import { windowMsOf } from './window-length.ts';

/** What a loop is made of. */
export interface WindowLoopParts {
  readonly book: CounterBook;
  readonly desk: ReferenceDesk;
  readonly windows: WindowStore;
  readonly predictions: PredictionStore;
  readonly clock: Clock;
  /** How a model is watched. */
  readonly planOf: (model: string) => MonitoringPlan;
  /** Number of the last batch that the book has counted. */
  readonly counted: () => number;
  readonly onError: (error: unknown) => void;
}

/** A closed window with what it said. */
export interface ClosedWindow extends Omit<StoredWindow, 'counts'> {
  readonly answer: DriftAnswer;
}

const tickMs = durationMs(1_000);
/** What has not answered for so long, or twice that, and has no open window keeps its reference on disk alone. */
const idleMs = 60_000;
/** 5 s: a kill costs the next start to count so much again, and each checkpoint costs the CPU some tenths of a millisecond a version. */
const checkpointMs = 5_000;
/** A window is closed when the time of the predictions is so far past its end, and that lasted for a while: routers are not in step, least of all in a fast replay. */
const graceMs = 60_000;
const settleMs = 2_000;
/** 16 million counters, 64 MB: 100 models of 200 features have 3 million in a minute. More of them are brought to disk before more is taken. */
const cellsMax = 16_000_000;
/** Predictions of the log that are read in one go. */
const turnPredictions = 500;

/** Brings counts to disk, learns references, and judges windows when they are over. */
export class WindowLoop implements Component {
  readonly name = 'window-loop';
  readonly #parts: WindowLoopParts;
  readonly #leaving = new AbortController();
  /** By version: the end of the window that is over, and when that was seen first. */
  readonly #dueSince = new Map<CountedVersion, { endMs: number; sinceMs: number }>();
  readonly #latest = new Map<string, ClosedWindow>();
  #running: Promise<void> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();
  #lastCheckpointMs = 0;
  #lastLetGoMs = 0;

  constructor(parts: WindowLoopParts) {
    this.#parts = parts;
  }

  /** The newest closed window of each version. */
  latest(): Iterable<ClosedWindow> {
    return this.#latest.values();
  }

  /** Takes up what was known before the process began. Call it before the log is counted. */
  restore(): void {
    const { windows, book, desk } = this.#parts;
    for (const stored of windows.versions()) {
      const oldestMs = windows.firstMinute(stored, stored.closedUntilMs);
      book.restore(stored, oldestMs ?? Number.POSITIVE_INFINITY);
      const window = windows.window(stored, Number.MAX_SAFE_INTEGER);
      const reader = desk.kept(stored);
      if (window === undefined || reader === undefined) continue;
      this.#note(window, judgeCounts({ ...window, profile: reader.reference.profile }));
    }
  }

  start(): Promise<void> {
    // A registry that does not answer holds up no window.
    const loops = [this.#repeat(() => this.#tick()), this.#repeat(() => this.#learn())];
    this.#running = Promise.all(loops).then(() => undefined);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#leaving.abort(new Error('the window loop stops'));
    await this.#running;
    // What is not on disk now is counted again by the next start.
    await this.checkpoint().catch(this.#parts.onError);
  }

  /** Resolves at once, or when there is room for more counters. */
  async room(): Promise<void> {
    if (this.#parts.book.openCells > cellsMax) await this.checkpoint();
  }

  /** Adds the open minutes to those on disk; one at a time. */
  checkpoint(): Promise<void> {
    this.#turn = this.#turn.catch(() => undefined).then(() => this.#write());
    return this.#turn;
  }

  /** Judges the windows that are over, and brings counts to disk when it is time. */
  async #tick(): Promise<void> {
    const { clock } = this.#parts;
    for (let due = this.#due(); due.length > 0; due = this.#due()) await this.#closeAll(due);
    const isTime = clock.monotonic() - this.#lastCheckpointMs >= checkpointMs;
    if (isTime) await this.checkpoint();
    if (clock.monotonic() - this.#lastLetGoMs < idleMs) return;
    this.#lastLetGoMs = clock.monotonic();
    this.#parts.book.letIdleGo();
  }

  async #closeAll(due: readonly DueWindow[]): Promise<void> {
    const closing = due.map(({ version, endMs }) => {
      // From here on an answer of this window is late.
      const startMs = endMs - this.#lengthOf(version);
      version.closedUntilMs = endMs;
      version.oldestOpenMs = Number.POSITIVE_INFINITY;
      return { version, startMs, endMs };
    });
    await this.checkpoint();
    for (const one of closing) await this.#close(one);
  }

  async #write(): Promise<void> {
    const { book, windows, counted, clock } = this.#parts;
    this.#lastCheckpointMs = clock.monotonic();
    const { minutes, countedThrough } = book.take(counted());
    if (minutes.length > 0) await windows.addMinutes(minutes, countedThrough);
  }

  #due(): readonly DueWindow[] {
    const { book, clock } = this.#parts;
    const nowMs = clock.monotonic();
    return [...book.versions()].flatMap((version) => {
      if (version.reader === undefined || version.isRecounting) return [];
      const lengthMs = this.#lengthOf(version);
      const endMs = (Math.floor(version.oldestOpenMs / lengthMs) + 1) * lengthMs;
      const pastMs = book.timeOf(version.model).nowMs() - endMs;
      if (!(pastMs >= graceMs)) return [];
      const since = this.#dueSince.get(version);
      const sinceMs = since?.endMs === endMs ? since.sinceMs : nowMs;
      this.#dueSince.set(version, { endMs, sinceMs });
      const isSettled = nowMs - sinceMs >= settleMs || pastMs >= lengthMs;
      return isSettled ? [{ version, endMs }] : [];
    });
  }

  async #close({ version, startMs, endMs }: Closing): Promise<void> {
    const { windows, planOf } = this.#parts;
    const { model, reader, states, output } = version;
    const counts = reader && this.openCounts(version, startMs, endMs);
    if (reader !== undefined && counts !== undefined) {
      const { profileDigest, profile } = reader.reference;
      const { drift: plan, output: outputPlan } = planOf(model);
      const key = { model, version: version.version };
      const window: StoredWindow = {
        ...{ ...key, startMs, endMs, profileDigest, counts },
        ...{ states, plan, output, outputPlan },
      };
      const answer = judgeCounts({ ...window, profile });
      const after = { states: answer.states, output: answer.output.state };
      await windows.close(window, after);
      Object.assign(version, after);
      this.#note(window, answer);
    }
    const nextMs = windows.firstMinute(version, endMs) ?? Number.POSITIVE_INFINITY;
    version.oldestOpenMs = Math.min(version.oldestOpenMs, nextMs);
  }

  /** Gives the sum of the minutes of [startMs, endMs) that are on disk; undefined where there are none. */
  openCounts(key: VersionKey, startMs: number, endMs: number): WindowCounts | undefined {
    let sum: WindowCounts | undefined;
    for (const { counts } of this.#parts.windows.minutes(key, startMs, endMs)) {
      sum = sum === undefined ? counts : mergeWindows(sum, counts);
    }
    return sum;
  }

  #note({ counts: _, ...window }: StoredWindow, answer: DriftAnswer): void {
    this.#latest.set(`${window.version}/${window.model}`, { ...window, answer });
  }

  #lengthOf({ model, reader }: CountedVersion): number {
    return windowMsOf(this.#parts.planOf(model).drift, reader);
  }

  /** Asks for references that are not known, and counts from the log what came before they were. */
  async #learn(): Promise<void> {
    const { book, desk } = this.#parts;
    const { signal } = this.#leaving;
    const found: [CountedVersion, VersionReader][] = [];
    for (const version of book.versions()) {
      if (version.reader !== undefined || version.isAway) continue;
      const reader = await desk.fetch(version, signal);
      if (reader !== undefined) found.push([version, reader]);
    }
    if (found.length === 0) return;
    const through = this.#parts.counted();
    for (const [version, reader] of found) book.learn(version, reader);
    await this.#recount(through);
  }

  async #recount(through: number): Promise<void> {
    const { book, predictions, clock } = this.#parts;
    let read = 0;
    for (const prediction of predictions.newest()) {
      if (![...book.versions()].some(({ isRecounting }) => isRecounting)) break;
      book.recount(prediction, through);
      read += 1;
      if (read % turnPredictions === 0) await clock.sleep(durationMs(0), this.#leaving.signal);
    }
    book.endRecount();
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#leaving;
    const { clock, onError } = this.#parts;
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
      await clock.sleep(tickMs, signal).catch(() => undefined);
    }
  }
}

interface DueWindow {
  readonly version: CountedVersion;
  readonly endMs: number;
}

interface Closing extends DueWindow {
  readonly startMs: number;
}
