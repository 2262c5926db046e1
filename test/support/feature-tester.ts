import assert from 'node:assert/strict';
import { durationMs } from '../../services/shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../services/shared/platform/grpc/client.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';

/** A flight as an event or an example. */
export interface Flight {
  readonly id: string;
  readonly date: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** One question to the feature service. */
export interface Question {
  readonly origin: string;
  readonly destination: string;
  readonly t: number;
}

/** Vectors as bytes, [rows, columns] row-major, and what they saw. */
export interface Vectors {
  readonly values: Buffer;
  readonly statuses: Buffer;
  readonly logOffset: number;
}

/** Acknowledgements of an ingest, added up. */
export interface Ingested {
  appended: number;
  duplicates: number;
  logOffset: number;
}

const service = 'mlmesh.feature.v1.FeatureService';
// Half an hour: the audit of a full-size run is one call.
const longMs = durationMs(1_800_000);

/** Talks to a feature service over the sample of flights. */
export class FeatureTester {
  readonly client: ServiceClient<typeof service>;
  #hash = '';

  /** `attemptsMax` of 1 is somebody who does not ask again. */
  constructor(address: string, attemptsMax = 4) {
    this.client = connectService(service, [address], {
      clock: systemClock,
      timeoutMs: longMs,
      attemptsMax,
    });
  }

  close(): void {
    this.client.close();
  }

  /** Hash of the one feature set. */
  async featureSetHash(): Promise<string> {
    if (this.#hash === '') {
      const { featureSets } = await this.client.listDefinitions({}, {});
      this.#hash = featureSets[0]?.hash ?? '';
    }
    return this.#hash;
  }

  /** Asks for another feature set than the first one from now on. */
  useSet(hash: string): void {
    this.#hash = hash;
  }

  /** Imports the sample up to a time; gives events in the file and the log offset. */
  async import(untilMs: number): Promise<{ readonly rows: number; readonly logOffset: number }> {
    let result = { rows: 0, logOffset: 0 };
    for await (const { rows, logOffset } of this.client.importSource(
      { source: 'flights', untilMs },
      {},
    )) {
      if (rows > 0) result = { rows, logOffset };
    }
    return result;
  }

  /** Reads flights of the file by visible time. */
  async flights(fromMs: number, untilMs: number): Promise<readonly Flight[]> {
    const flights: Flight[] = [];
    const order = 'SOURCE_ORDER_VISIBLE_TIME';
    for await (const part of this.client.readSource(
      { source: 'flights', fromMs, untilMs, order },
      {},
    )) {
      assert.ok(part.rows <= 4_096);
      const column = (name: string) => part.columns.find((found) => found.name === name);
      const numbers = (name: string) => doubles(column(name)?.numbers ?? Buffer.alloc(0));
      const [date, delay, distance] = [numbers('date'), numbers('delay'), numbers('distance')];
      for (let row = 0; row < part.rows; row += 1) {
        flights.push({
          id: part.eventIds[row] ?? '',
          date: date[row] ?? Number.NaN,
          delay: delay[row] ?? Number.NaN,
          distance: distance[row] ?? Number.NaN,
          origin: column('origin')?.texts[row] ?? '',
          destination: column('destination')?.texts[row] ?? '',
        });
      }
    }
    return flights;
  }

  async online(questions: readonly Question[]): Promise<Vectors> {
    const parts: Vectors[] = [];
    for (const some of chunks(questions, 1_024)) {
      const query = await this.#query(some);
      const { rows } = await this.client.getOnlineFeatures({ query }, {});
      assert.ok(rows);
      parts.push(rows);
    }
    return joined(parts);
  }

  async recompute(questions: readonly Question[], logOffset: number): Promise<Vectors> {
    const parts: Vectors[] = [];
    for (const some of chunks(questions, 256)) {
      const query = await this.#query(some);
      const logOffsets = bytesOf(some.map(() => logOffset));
      const { rows } = await this.client.recompute({ query, logOffsets }, {});
      assert.ok(rows);
      parts.push(rows);
    }
    return joined(parts);
  }

  /** Ingests flights in batches of `batchRows`; `onAcknowledged` learns of each that is durable. */
  async ingest(
    flights: readonly Flight[],
    batchRows = 500,
    onAcknowledged: (flights: readonly Flight[]) => void = () => undefined,
  ): Promise<Ingested> {
    const batches = [...chunks(flights, batchRows)];
    async function* requests() {
      for (const [index, batch] of batches.entries()) {
        yield await Promise.resolve(ingestRequest(index + 1, batch));
      }
    }
    const sum: Ingested = { appended: 0, duplicates: 0, logOffset: 0 };
    for await (const ack of this.client.ingest(requests(), {})) {
      sum.appended += ack.appended;
      sum.duplicates += ack.duplicates;
      sum.logOffset = ack.logOffset;
      onAcknowledged(batches[ack.batchId - 1] ?? []);
    }
    return sum;
  }

  async #query(questions: readonly Question[]) {
    return {
      featureSetHash: await this.featureSetHash(),
      rows: questions.length,
      keys: questions.flatMap(({ origin, destination }) => [origin, destination]),
      atMs: bytesOf(questions.map(({ t }) => t)),
    };
  }
}

/** Gives the wire form of a batch of flights. */
export function ingestRequest(batchId: number, flights: readonly Flight[]) {
  return {
    batchId,
    source: 'flights',
    rows: flights.length,
    eventIds: flights.map(({ id }) => id),
    columns: [
      { name: 'date', numbers: bytesOf(flights.map(({ date }) => date)) },
      { name: 'delay', numbers: bytesOf(flights.map(({ delay }) => delay)) },
      { name: 'distance', numbers: bytesOf(flights.map(({ distance }) => distance)) },
      { name: 'origin', texts: flights.map(({ origin }) => origin) },
      { name: 'destination', texts: flights.map(({ destination }) => destination) },
    ],
  };
}

/** Gives numbers as float64 little-endian bytes. */
export function bytesOf(numbers: readonly number[]): Buffer {
  return Buffer.from(Float64Array.from(numbers).buffer);
}

/** Reads float64 little-endian bytes. */
export function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

function joined(parts: readonly Vectors[]): Vectors {
  return {
    values: Buffer.concat(parts.map((part) => part.values)),
    statuses: Buffer.concat(parts.map((part) => part.statuses)),
    logOffset: parts.at(-1)?.logOffset ?? 0,
  };
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
