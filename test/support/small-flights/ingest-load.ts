import { setTimeout as delay } from 'node:timers/promises';
import type { MeshConnection } from '../../../services/cli/rpc/connect-mesh.ts';
import type { IngestRequest } from '../../../services/gen/mlmesh/feature/v1/IngestRequest.ts';
import { durationMs } from '../../../services/shared/kernel/units.ts';
import { startMs } from './ask-flight.ts';

const rowsPerBatch = 4;
/** 80 events/s: the 8,500 events of June last for longer than a test. */
const pauseMs = 50;
const ackMsMax = durationMs(5_000);

/** Ingests the events of June one small batch after the other, and sends each again until it is acknowledged. */
export class IngestLoad {
  readonly acknowledged: IngestRequest[] = [];
  /** Events that the acknowledgements counted as new, and as known. */
  appended = 0;
  duplicates = 0;
  readonly #services: MeshConnection;
  readonly #ingesting: Promise<void>;
  #isOver = false;

  private constructor(services: MeshConnection, batches: readonly IngestRequest[]) {
    this.#services = services;
    this.#ingesting = this.#ingestAll(batches);
  }

  /** Starts it once the events are read: reading them must not break with the service that is killed. */
  static async start(services: MeshConnection): Promise<IngestLoad> {
    const untilMs = startMs + 30 * 86_400_000;
    const order = 'SOURCE_ORDER_VISIBLE_TIME';
    const batches: IngestRequest[] = [];
    const interval = { source: 'flights', fromMs: startMs, untilMs, order } as const;
    for await (const part of services.feature.readSource(interval)) {
      for (let from = 0; from < part.rows; from += rowsPerBatch) {
        const until = Math.min(part.rows, from + rowsPerBatch);
        batches.push({
          batchId: batches.length + 1,
          source: 'flights',
          rows: until - from,
          eventIds: part.eventIds.slice(from, until),
          columns: part.columns.map(({ name, numbers, texts }) =>
            texts.length > 0
              ? { name, texts: texts.slice(from, until) }
              : { name, numbers: numbers.subarray(from * 8, until * 8) },
          ),
        });
      }
    }
    return new IngestLoad(services, batches);
  }

  /** Events that were acknowledged. */
  get rows(): number {
    return this.acknowledged.reduce((sum, { rows = 0 }) => sum + rows, 0);
  }

  /** Resolves when the batch under way is acknowledged. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ingesting;
  }

  async #ingestAll(batches: readonly IngestRequest[]): Promise<void> {
    for (const batch of batches) {
      if (this.#isOver) return;
      await this.#untilAcknowledged(batch);
      await delay(pauseMs);
    }
  }

  async #untilAcknowledged(batch: IngestRequest): Promise<void> {
    for (;;) {
      try {
        const { appended, duplicates } = await ingestAgain(this.#services, batch);
        this.appended += appended;
        this.duplicates += duplicates;
        this.acknowledged.push(batch);
        return;
      } catch {
        await delay(pauseMs); // the feature service is away; what it has acknowledged is what counts
      }
    }
  }
}

/** Sends one batch on a stream of its own; gives what its acknowledgement counts. */
export async function ingestAgain(
  services: MeshConnection,
  batch: IngestRequest,
): Promise<{ readonly appended: number; readonly duplicates: number }> {
  async function* requests() {
    yield batch;
  }
  const acks = [];
  for await (const ack of services.feature.ingest(requests(), { timeoutMs: ackMsMax }))
    acks.push(ack);
  const [ack] = acks;
  if (ack !== undefined) return ack;
  throw new Error('the stream ended without an acknowledgement');
}
