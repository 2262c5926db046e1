import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { takeRows } from './event-batch.ts';
import { type EventRecord, encodeEventRecord } from './event-codec.ts';
import type { ClaimedIds, EventIds } from './event-ids.ts';
import type { EventTable } from './event-table.ts';

/** What a durable transaction adds to the log. */
export interface LogAppend {
  /** In order; the first event of the first record follows the last one of the log. */
  readonly records: readonly { readonly firstSeq: number; readonly bytes: Uint8Array }[];
  readonly ids: ClaimedIds;
  /** Log offset afterwards. */
  readonly lastSeq: number;
}

/** Where the ingestor writes and what it tells. */
export interface IngestorPorts {
  /** Now, epoch ms. */
  readonly nowMs: () => number;
  readonly ids: EventIds;
  /** Resolves when everything is on disk, or rejects when nothing is. */
  readonly append: (append: LogAppend) => Promise<void>;
  /** Brings events that are on disk into the online state; resolves when reads see them. */
  readonly apply: (record: EventRecord) => Promise<void>;
}

/** What became of one batch. */
export interface IngestAcknowledgement {
  /** Events that were new. */
  readonly appended: number;
  /** Events whose id was known. */
  readonly duplicates: number;
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
  readonly source: string;
  readonly events: EventTable;
  readonly resolve: (acknowledgement: IngestAcknowledgement) => void;
  readonly reject: (error: unknown) => void;
}

interface Prepared {
  readonly waiting: Waiting;
  readonly events: EventTable | undefined;
  readonly duplicates: number;
  readonly logOffset: number;
}

/**
 * Appends batches to the log, one transaction after another: each takes all that waits, so that batches share the cost of a
 * write to disk. A batch is acknowledged when it is durable and reads see it.
 */
export class Ingestor {
  readonly #ports: IngestorPorts;
  readonly #limits: IngestorLimits;
  readonly #waiting: Waiting[] = [];
  #waitingRows = 0;
  #lastSeq: number;
  #running: Promise<void> | undefined;
  #isPaused = false;
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

  /**
   * Appends checked events; those with a known id are dropped.
   * @throws {MeshError} RESOURCE_EXHAUSTED / QUEUE_FULL; INTERNAL / INTERNAL or RESOURCE_EXHAUSTED / DISK_FULL from the store.
   */
  submit(source: string, events: EventTable): Promise<IngestAcknowledgement> {
    if (this.#waitingRows + events.rows > this.#limits.waitingRowsMax) throw this.#queueFull();
    this.#waitingRows += events.rows;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ source, events, resolve, reject });
      if (!this.#isPaused) this.#running ??= this.#run();
    });
  }

  /**
   * Stops writing: what comes waits until the function that this gives is called, with the log offset of then, since the
   * caller may have added to the log by itself. One pause at a time.
   */
  async pause(): Promise<(lastSeq: number) => void> {
    while (this.#isPaused || this.#running !== undefined) {
      await (this.#running ?? this.#resumed);
    }
    this.#isPaused = true;
    let announce: () => void = () => undefined;
    this.#resumed = new Promise((resolve) => {
      announce = resolve;
    });
    return (lastSeq) => {
      this.#lastSeq = lastSeq;
      this.#isPaused = false;
      announce();
      if (this.#waiting.length > 0) this.#running ??= this.#run();
    };
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // What comes in the same turn of the event loop shares a transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#isPaused) await this.#writeGroup(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { events } of this.#waiting) {
      if (count > 0 && rows + events.rows > this.#limits.transactionRowsMax) break;
      rows += events.rows;
      count += 1;
    }
    this.#waitingRows -= rows;
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    // Before it is on disk: no answer can have seen the events earlier.
    const ingestedMs = this.#ports.nowMs();
    const prepared = await this.#prepareAndAppend(group, ingestedMs).catch((error: unknown) => {
      for (const waiting of group) waiting.reject(error);
      return [];
    });
    // Events on disk that cannot be applied would be missing from every answer: let the process end, its next start
    // applies them from the log.
    for (const { waiting, events } of prepared) {
      if (events === undefined) continue;
      await this.#ports.apply({ source: waiting.source, ingestedMs, events });
    }
    for (const { waiting, events, duplicates, logOffset } of prepared) {
      waiting.resolve({ appended: events?.rows ?? 0, duplicates, logOffset });
    }
  }

  async #prepareAndAppend(
    group: readonly Waiting[],
    ingestedMs: number,
  ): Promise<readonly Prepared[]> {
    const prepared = this.#prepare(group);
    await this.#append(prepared, ingestedMs);
    return prepared;
  }

  #prepare(group: readonly Waiting[]): readonly Prepared[] {
    let logOffset = this.#lastSeq;
    return group.map((waiting) => {
      const rows = this.#newRows(waiting);
      const events = rows.length > 0 ? takeRows(waiting.events, rows, logOffset + 1) : undefined;
      logOffset += rows.length;
      return { waiting, events, duplicates: waiting.events.rows - rows.length, logOffset };
    });
  }

  #newRows({ source, events }: Waiting): Uint32Array {
    const rows = new Uint32Array(events.rows);
    let count = 0;
    for (let row = 0; row < events.rows; row += 1) {
      if (!this.#ports.ids.claim(source, events.ids[row] ?? '')) continue;
      rows[count] = row;
      count += 1;
    }
    return rows.subarray(0, count);
  }

  async #append(prepared: readonly Prepared[], ingestedMs: number): Promise<void> {
    const records = prepared.flatMap(({ waiting, events }) =>
      events === undefined
        ? []
        : [
            {
              firstSeq: events.seq[0] ?? 0,
              bytes: encodeEventRecord({ source: waiting.source, ingestedMs, events }),
            },
          ],
    );
    const lastSeq = prepared.at(-1)?.logOffset ?? this.#lastSeq;
    if (records.length === 0) return;
    try {
      await this.#ports.append({ records, ids: this.#ports.ids.claimed(), lastSeq });
    } catch (error) {
      this.#ports.ids.release();
      throw error;
    }
    this.#ports.ids.settle();
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
