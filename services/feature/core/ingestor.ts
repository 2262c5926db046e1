import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { takeIds } from './batch-ids.ts';
import { type EventBatch, takeRows } from './event-batch.ts';
import {
  type EventRecord,
  encodeEventRecord,
  keptRows,
  type SourceEvents,
  type WholeRecord,
} from './event-codec.ts';
import type { ClaimedIds, EventIds } from './event-ids.ts';
import { type EventTable, pickRows } from './event-table.ts';
import { judgeLateness } from './late-events.ts';

/** One record as it goes into the log. */
export interface LogRecord {
  readonly source: string;
  readonly firstSeq: number;
  readonly bytes: Uint8Array;
  /** Texts of its key columns: entities that it may hold events of, and all of which it does. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

/** What a durable transaction adds to the log. */
export interface LogAppend {
  /** In order; the first event of the first record follows the last one of the log. */
  readonly records: readonly LogRecord[];
  readonly ids: ClaimedIds;
  /** Newest visible time of each source that has records here, epoch ms. */
  readonly newestTs: ReadonlyMap<string, number>;
  /** Log offset afterwards. */
  readonly lastSeq: number;
}

/** What the ingestor knows of a source. */
export interface IngestSource {
  readonly name: string;
  /** Columns that are part of an entity key. */
  readonly keyColumns: readonly string[];
  /** Events older than the newest one by more are dropped; Infinity drops none. */
  readonly dropAfterMs: number;
}

/** Where the ingestor writes and what it tells. */
export interface IngestorPorts {
  /** Now, epoch ms. */
  readonly nowMs: () => number;
  readonly ids: EventIds;
  /** Gives the newest visible time of a source in the log, epoch ms; negative infinity when it has no event. */
  readonly newestTs: (source: string) => number;
  /**
   * Brings what {@link apply} needs into memory, and keeps it there until the function that this gives is called: events
   * that could not be applied must not get into the log.
   */
  readonly hold: (records: readonly SourceEvents[]) => Promise<() => void>;
  /** Resolves when everything is on disk, or rejects when nothing is. */
  readonly append: (append: LogAppend) => Promise<void>;
  /** Brings events that are on disk into the online state; resolves when reads see them, and are at `logOffset`. */
  readonly apply: (record: EventRecord, logOffset: number) => Promise<void>;
}

/** What became of one batch. */
export interface IngestAcknowledgement {
  /** Events that were new, and count. */
  readonly appended: number;
  /** Events whose id was known. */
  readonly duplicates: number;
  /** Events that came too late for the policy of their source. */
  readonly lateDropped: number;
  /** Events among the appended that are older than one before them in the log. */
  readonly lateAccepted: number;
  /** Log offset after the batch. */
  readonly logOffset: number;
}

/** Limits of an {@link Ingestor}. */
export interface IngestorLimits {
  /** Events that may wait; a batch beyond is refused. */
  readonly waitingRowsMax: number;
  /** Events of one transaction: what waits beyond goes into the next. */
  readonly transactionRowsMax: number;
}

interface Waiting {
  readonly source: IngestSource;
  readonly batch: EventBatch;
  readonly resolve: (acknowledgement: IngestAcknowledgement) => void;
  readonly reject: (error: unknown) => void;
}

interface Prepared {
  readonly waiting: Waiting;
  /** What goes into the log; undefined where all events were known. */
  readonly record: WholeRecord | undefined;
  /** The events of the record that count. */
  readonly counting: EventTable | undefined;
  readonly acknowledgement: IngestAcknowledgement;
}

/** Batches whose entities are in memory until `release` is called. */
interface Held {
  readonly prepared: readonly Prepared[];
  readonly release: () => void;
}

/** Where the log would be after the batches of a transaction that were looked at. */
interface TransactionState {
  readonly ingestedMs: number;
  readonly newestTs: Map<string, number>;
  logOffset: number;
}

/**
 * Appends batches to the log, one transaction after another: each takes all that waits, so that batches share the cost of a
 * write to disk. A batch is acknowledged when it is durable and reads see it.
 */
export class Ingestor {
  readonly #ports: IngestorPorts;
  readonly #limits: IngestorLimits;
  readonly #waiting: Waiting[] = [];
  readonly #newestTs = new Map<string, number>();
  #waitingRows = 0;
  #lastSeq: number;
  #running: Promise<void> | undefined;
  #isPaused = false;
  /** Callers of pause that wait for their turn: they come before what waits for the log, which may never be nothing. */
  #pausesWanted = 0;
  #resumed: Promise<void> = Promise.resolve();

  constructor(ports: IngestorPorts, limits: IngestorLimits, lastSeq: number) {
    this.#ports = ports;
    this.#limits = limits;
    this.#lastSeq = lastSeq;
  }

  /** Log offset of the last event on disk. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Events that wait for the log. */
  get waitingRows(): number {
    return this.#waitingRows;
  }

  /** Gives the newest visible time of a source in the log, epoch ms; negative infinity when it has no event. */
  newestTs(source: string): number {
    return this.#newestTs.get(source) ?? this.#ports.newestTs(source);
  }

  /**
   * Appends checked events; those with a known id are dropped.
   * @throws {MeshError} RESOURCE_EXHAUSTED / QUEUE_FULL; INTERNAL / INTERNAL or RESOURCE_EXHAUSTED / DISK_FULL from the store.
   */
  submit(source: IngestSource, batch: EventBatch): Promise<IngestAcknowledgement> {
    const { rows } = batch.events;
    if (this.#waitingRows + rows > this.#limits.waitingRowsMax) throw this.#queueFull();
    this.#waitingRows += rows;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ source, batch, resolve, reject });
      if (this.#mayRun) this.#running ??= this.#run();
    });
  }

  /**
   * Stops writing: what comes waits until the function that this gives is called, with the log offset of then, since the
   * caller may have added to the log by itself. One pause at a time.
   */
  async pause(): Promise<(lastSeq: number) => void> {
    this.#pausesWanted += 1;
    while (this.#isPaused || this.#running !== undefined) {
      await (this.#running ?? this.#resumed);
    }
    this.#pausesWanted -= 1;
    this.#isPaused = true;
    let announce: () => void = () => undefined;
    this.#resumed = new Promise((resolve) => {
      announce = resolve;
    });
    return (lastSeq) => {
      this.#lastSeq = lastSeq;
      this.#newestTs.clear();
      this.#isPaused = false;
      announce();
      if (this.#waiting.length > 0 && this.#mayRun) this.#running ??= this.#run();
    };
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  get #mayRun(): boolean {
    return !this.#isPaused && this.#pausesWanted === 0;
  }

  async #run(): Promise<void> {
    // What comes in the same turn of the event loop shares a transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#mayRun) await this.#writeGroup(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      if (count > 0 && rows + batch.events.rows > this.#limits.transactionRowsMax) break;
      rows += batch.events.rows;
      count += 1;
    }
    this.#waitingRows -= rows;
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    // Before it is on disk: no answer can have seen the events earlier.
    const ingestedMs = this.#ports.nowMs();
    const held = await this.#prepareAndAppend(group, ingestedMs).catch((error: unknown) => {
      for (const waiting of group) waiting.reject(error);
      return undefined;
    });
    if (held === undefined) return;
    // Events on disk that cannot be applied would be missing from every answer: let the process end, its next start
    // applies them from the log.
    for (const { waiting, counting, acknowledgement } of held.prepared) {
      if (counting === undefined) continue;
      const record = { source: waiting.source.name, ingestedMs, events: counting };
      await this.#ports.apply(record, acknowledgement.logOffset);
    }
    held.release();
    for (const { waiting, acknowledgement } of held.prepared) waiting.resolve(acknowledgement);
  }

  async #prepareAndAppend(group: readonly Waiting[], ingestedMs: number): Promise<Held> {
    const state = { ingestedMs, newestTs: new Map<string, number>(), logOffset: this.#lastSeq };
    let release: (() => void) | undefined;
    try {
      const prepared = group.map((waiting) => this.#prepare(waiting, state));
      release = await this.#ports.hold(prepared.flatMap(countingEvents));
      await this.#append(prepared, state);
      return { prepared, release };
    } catch (error) {
      release?.();
      this.#ports.ids.release();
      throw error;
    }
  }

  /** Leaves out what is known, judges what is late, and moves the transaction's state on. */
  #prepare(waiting: Waiting, state: TransactionState): Prepared {
    const { logOffset } = state;
    const { source, batch } = waiting;
    const rows = this.#ports.ids.claim(source.name, batch.ids, batch.events.rows);
    const duplicates = batch.events.rows - rows.length;
    if (rows.length === 0) {
      const acknowledgement = {
        appended: 0,
        duplicates,
        lateDropped: 0,
        lateAccepted: 0,
        logOffset,
      };
      return { waiting, record: undefined, counting: undefined, acknowledgement };
    }
    const events = takeRows(batch.events, rows, logOffset + 1);
    const before = state.newestTs.get(source.name) ?? this.newestTs(source.name);
    const late = judgeLateness(events.ts, before, source.dropAfterMs);
    state.newestTs.set(source.name, late.newestTs);
    state.logOffset += rows.length;
    const { marks } = late;
    const ids = takeIds(batch.ids, rows);
    const { ingestedMs } = state;
    return {
      waiting,
      record: { source: source.name, ingestedMs, events, ids, marks },
      counting: marks === undefined ? events : pickRows(events, keptRows(marks)),
      acknowledgement: {
        appended: rows.length - late.dropped,
        duplicates,
        lateDropped: late.dropped,
        lateAccepted: late.accepted,
        logOffset: state.logOffset,
      },
    };
  }

  async #append(
    prepared: readonly Prepared[],
    { newestTs, logOffset: lastSeq }: TransactionState,
  ): Promise<void> {
    const records = prepared.flatMap(({ record, waiting }) =>
      record === undefined ? [] : [logRecord(record, waiting.source)],
    );
    if (records.length === 0) return;
    await this.#ports.append({ records, ids: this.#ports.ids.claimed(), newestTs, lastSeq });
    this.#ports.ids.settle();
    for (const [source, ts] of newestTs) this.#newestTs.set(source, ts);
    this.#lastSeq = lastSeq;
  }

  #queueFull(): MeshError {
    const { waitingRowsMax } = this.#limits;
    return new MeshError({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'QUEUE_FULL',
      message: `${this.#waitingRows} events wait for the log, more than ${waitingRowsMax} may not; send fewer at once or ask again later`,
      retry: { kind: 'after', delayMs: 100 },
    });
  }
}

function countingEvents({ waiting, counting }: Prepared): readonly SourceEvents[] {
  return counting === undefined ? [] : [{ source: waiting.source.name, events: counting }];
}

function logRecord(record: WholeRecord, { keyColumns }: IngestSource): LogRecord {
  const { source, events } = record;
  return {
    source,
    firstSeq: events.seq[0] ?? 0,
    bytes: encodeEventRecord(record),
    keys: new Map(keyColumns.map((name) => [name, events.texts.get(name)?.dictionary ?? []])),
  };
}
