import type { DriftStates } from '../core/statistics/judge-columns.ts';
import type { CountList } from '../core/statistics/plain-counts.ts';
import { EventTime } from '../core/windows/event-time.ts';
import { type OutputState, outputStart } from '../core/windows/judge-output.ts';
import { WindowCounter } from '../core/windows/window-counter.ts';
import type { StoredCounts, StoredPrediction, StoredVersion, VersionKey } from '../ports.ts';
import type { VersionReader } from './version-reader.ts';

/** What the monitor knows of a version that has answered. */
export interface CountedVersion extends VersionKey {
  /** Undefined until its reference is known: until then nothing is counted, and everything is in the log. */
  reader: VersionReader | undefined;
  /** Whether its reference lies on disk alone, since nobody asked for it of late: the next answer brings it back. */
  isAway: boolean;
  /** Batches up to this one are in the store's minutes. */
  countedThrough: number;
  closedUntilMs: number;
  states: DriftStates;
  output: OutputState;
  /** While answers from before its reference was known are read from the log, its minutes are not whole. */
  isRecounting: boolean;
  /** Answers whose window was closed when they came. */
  lateAnswers: number;
  /** Answers that wait in the log for the reference. */
  waitingAnswers: number;
  /** Answers that were counted since the process began. */
  answers: number;
  /** The same when idle readers were let go of last. */
  answersBefore: number;
  /** Begin of the oldest minute that no closed window has; infinity for none. */
  oldestOpenMs: number;
}

/** Minutes that are to be added to the store. */
export interface TakenMinutes {
  readonly minutes: readonly StoredCounts<CountList>[];
  /** Batches up to this one are in them, or in the store already. */
  readonly countedThrough: number;
}

interface OpenMinute extends VersionKey {
  readonly startMs: number;
  readonly counter: WindowCounter;
}

const minuteMs = 60_000;
/** Versions that are known at once; more of them than that are not counted. */
const versionsMax = 2_000;

/** Counts answers by version and minute, in memory between two checkpoints. */
export class CounterBook {
  readonly #versions = new Map<string, CountedVersion>();
  readonly #readerOf: (key: VersionKey) => VersionReader | undefined;
  readonly #times = new Map<string, EventTime>();
  #minutes = new Map<string, OpenMinute>();
  /** Counters in the open minutes: what they take of memory. */
  #openCells = 0;

  /** @param readerOf gives how answers of a version are read, where its reference is at hand */
  constructor(readerOf: (key: VersionKey) => VersionReader | undefined) {
    this.#readerOf = readerOf;
  }

  /** Takes what was known of a version before the process began, with the begin of its oldest minute that no window has. */
  restore({ model, version, ...fields }: StoredVersion, oldestOpenMs: number): void {
    const found = this.#versionOf(model, version);
    if (found === undefined) return;
    Object.assign(found, fields, { oldestOpenMs });
    if (isBetweenWindows(found)) letGo(found);
  }

  /** Counters that are open: four bytes each. */
  get openCells(): number {
    return this.#openCells;
  }

  versions(): Iterable<CountedVersion> {
    return this.#versions.values();
  }

  version({ model, version }: VersionKey): CountedVersion | undefined {
    return this.#versions.get(keyOf(model, version));
  }

  /** How far the time of a model's predictions has come. */
  timeOf(model: string): EventTime {
    const known = this.#times.get(model);
    if (known !== undefined) return known;
    const made = new EventTime();
    this.#times.set(model, made);
    return made;
  }

  /** Counts an answer that was not counted before. Answers of a version without a reader are left to {@link recount}. O(columns). */
  count(prediction: StoredPrediction): void {
    const { model, version: number, atMs, intake } = prediction;
    this.timeOf(model).add(atMs);
    const version = this.#versionOf(model, number);
    // After a restart the log gives all again.
    if (version === undefined || intake <= version.countedThrough) return;
    const reader = version.reader ?? this.#broughtBack(version);
    if (reader === undefined) version.waitingAnswers += 1;
    else this.#add(version, reader, prediction);
  }

  /** Lets go of the references of versions that have no open window and have not answered since the last call: some MiB each, and read again when they answer. */
  letIdleGo(): void {
    for (const version of this.#versions.values()) {
      const isIdle = version.answers === version.answersBefore;
      version.answersBefore = version.answers;
      if (isIdle && isBetweenWindows(version)) letGo(version);
    }
  }

  /** Begins to count a version, whose answers that wait in the log have to be given to {@link recount}. */
  learn(key: VersionKey, reader: VersionReader): void {
    const version = this.#versionOf(key.model, key.version);
    if (version === undefined || version.reader !== undefined) return;
    version.reader = reader;
    version.isRecounting = version.waitingAnswers > 0;
  }

  /** Counts an answer of the log that came before the reference of its version was known, in a batch up to `through`. */
  recount(prediction: StoredPrediction, through: number): void {
    const version = this.version(prediction);
    if (version?.reader === undefined || !version.isRecounting) return;
    const { intake } = prediction;
    if (intake <= version.countedThrough || intake > through) return;
    this.#add(version, version.reader, prediction);
    version.waitingAnswers -= 1;
    if (version.waitingAnswers <= 0) version.isRecounting = false;
  }

  /** Ends a recount: what still waits has left the log. */
  endRecount(): void {
    for (const version of this.#versions.values()) {
      if (!version.isRecounting) continue;
      version.isRecounting = false;
      version.waitingAnswers = 0;
    }
  }

  /** Takes the minutes out, to be added to the store, but for those that are not whole. */
  take(countedThrough: number): TakenMinutes {
    const taken: StoredCounts<CountList>[] = [];
    const left = new Map<string, OpenMinute>();
    this.#openCells = 0;
    for (const [key, minute] of this.#minutes) {
      const { model, version: number, startMs, counter } = minute;
      const version = this.version(minute);
      if (version === undefined || version.isRecounting) {
        left.set(key, minute);
        this.#openCells += counter.cells;
        continue;
      }
      version.countedThrough = countedThrough;
      taken.push({ model, version: number, startMs, counts: counter.open() });
    }
    this.#minutes = left;
    return { minutes: taken, countedThrough };
  }

  #broughtBack(version: CountedVersion): VersionReader | undefined {
    if (!version.isAway) return undefined;
    // Where it is gone from the disk as well, it is asked for again.
    version.isAway = false;
    version.reader = this.#readerOf(version);
    return version.reader;
  }

  #add(version: CountedVersion, reader: VersionReader, prediction: StoredPrediction): void {
    const startMs = Math.floor(prediction.atMs / minuteMs) * minuteMs;
    if (startMs < version.closedUntilMs) {
      version.lateAnswers += 1;
      return;
    }
    version.answers += 1;
    version.oldestOpenMs = Math.min(version.oldestOpenMs, startMs);
    reader.count(prediction, this.#counterOf(version, reader, startMs));
  }

  #counterOf(
    { model, version }: VersionKey,
    reader: VersionReader,
    startMs: number,
  ): WindowCounter {
    const key = `${startMs}/${keyOf(model, version)}`;
    const known = this.#minutes.get(key);
    if (known !== undefined) return known.counter;
    const counter = new WindowCounter(reader.columns);
    this.#openCells += counter.cells;
    this.#minutes.set(key, { model, version, startMs, counter });
    return counter;
  }

  #versionOf(model: string, version: number): CountedVersion | undefined {
    const key = keyOf(model, version);
    const known = this.#versions.get(key);
    if (known !== undefined || this.#versions.size >= versionsMax) return known;
    const made: CountedVersion = {
      ...{ model, version, reader: this.#readerOf({ model, version }) },
      ...{ countedThrough: 0, closedUntilMs: 0, oldestOpenMs: Number.POSITIVE_INFINITY },
      ...{
        states: {},
        output: outputStart,
        isRecounting: false,
        lateAnswers: 0,
        waitingAnswers: 0,
        ...{ answers: 0, answersBefore: 0, isAway: false },
      },
    };
    this.#versions.set(key, made);
    return made;
  }
}

function isBetweenWindows({ reader, oldestOpenMs, isRecounting }: CountedVersion): boolean {
  return reader !== undefined && oldestOpenMs === Number.POSITIVE_INFINITY && !isRecounting;
}

function letGo(version: CountedVersion): void {
  version.reader = undefined;
  version.isAway = true;
}

function keyOf(model: string, version: number): string {
  return `${version}/${model}`;
}
