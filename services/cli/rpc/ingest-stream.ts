import type { IngestRequest } from '../../gen/mlmesh/feature/v1/IngestRequest.ts';
import type { IngestResponse__Output } from '../../gen/mlmesh/feature/v1/IngestResponse.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type SourceRows, sliceRows } from '../replay/source-rows.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** Events of one message at most, as the contract says. */
const batchRowsMax = 4_096;
/** Pause before a stream is opened again that broke: the feature service restarts within seconds. */
const reopenMs = durationMs(200);

/** What became of some events. */
export interface IngestTotals {
  /** Events that were new, and count. */
  readonly appended: number;
  /** Events that the log had. */
  readonly duplicates: number;
  /** Events among the appended that are older than one before them in the log. */
  readonly lateAccepted: number;
  /** Events that came too late for the policy of their source. */
  readonly lateDropped: number;
  /** Log offset after the last of them. */
  readonly logOffset: number;
}

/** How events are sent. */
export interface IngestOptions {
  /** Says who the events are, where they have no ids: a part of the source that is in order, and the position of the first one in it. */
  readonly place?: { readonly partition: string; readonly firstPosition: number };
  /** How long a service that is away is waited for. Default: until `signal` aborts. */
  readonly awayMsMax?: number;
}

/** Gives what became of two batches. */
export function addTotals(left: IngestTotals, right: IngestTotals): IngestTotals {
  return {
    appended: left.appended + right.appended,
    duplicates: left.duplicates + right.duplicates,
    lateAccepted: left.lateAccepted + right.lateAccepted,
    lateDropped: left.lateDropped + right.lateDropped,
    logOffset: Math.max(left.logOffset, right.logOffset),
  };
}

/** What became of no events. */
export const noTotals: IngestTotals = {
  appended: 0,
  duplicates: 0,
  lateAccepted: 0,
  lateDropped: 0,
  logOffset: 0,
};

/**
 * Ingests events over a long-lived stream. A batch whose acknowledgement did not come is sent again on a new stream; the feature service drops
 * events that it has, so each counts once.
 */
export class IngestStream {
  readonly #mesh: MeshConnection;
  readonly #source: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #open: OpenIngest | undefined;
  #batchId = 0;

  constructor(mesh: MeshConnection, source: string, clock: Clock, signal: AbortSignal) {
    this.#mesh = mesh;
    this.#source = source;
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Resolves when the events are durable. One call at a time.
   * @throws {MeshError} what the feature service says of the events; a service that is away is waited for
   */
  async ingest(rows: SourceRows, options: IngestOptions = {}): Promise<IngestTotals> {
    const { place, awayMsMax = Number.POSITIVE_INFINITY } = options;
    let totals = noTotals;
    for (let from = 0; from < rows.rows; from += batchRowsMax) {
      const part = sliceRows(rows, from, Math.min(rows.rows, from + batchRowsMax));
      const { partition = '', firstPosition = 0 } = place ?? {};
      const request = { ...this.#toRequest(part), partition, firstPosition: firstPosition + from };
      totals = addTotals(totals, await this.#send(request, awayMsMax));
    }
    return totals;
  }

  close(): void {
    this.#open?.end();
    this.#open = undefined;
  }

  async #send(request: IngestRequest, awayMsMax: number): Promise<IngestTotals> {
    const startedMs = this.#clock.monotonic();
    for (;;) {
      this.#signal.throwIfAborted();
      this.#open ??= new OpenIngest(this.#mesh, this.#signal);
      try {
        return await this.#open.send(request);
      } catch (error) {
        this.#open = undefined;
        if (!(error instanceof MeshError) || error.code !== 'UNAVAILABLE') throw error;
        if (this.#clock.monotonic() - startedMs > awayMsMax) throw error;
        await this.#clock.sleep(reopenMs, this.#signal);
      }
    }
  }

  #toRequest({ rows, eventIds, numbers, texts, nulls }: SourceRows): IngestRequest {
    this.#batchId += 1;
    return {
      batchId: this.#batchId,
      source: this.#source,
      rows,
      eventIds: [...eventIds],
      columns: [
        ...[...numbers].map(([name, values]) => ({ name, numbers: bytesOf(values) })),
        ...[...texts].map(([name, values]) => ({ name, texts: [...values] })),
      ].map((column) => {
        const bytes = nulls.get(column.name);
        return bytes === undefined ? column : { ...column, nulls: Buffer.from(bytes) };
      }),
    };
  }
}

/** One open stream: a request goes out, its acknowledgement comes back. */
class OpenIngest {
  readonly #replies: AsyncIterator<IngestResponse__Output>;
  #push: (request: IngestRequest | undefined) => void = () => {};

  constructor({ feature }: MeshConnection, signal: AbortSignal) {
    const next = () =>
      new Promise<IngestRequest | undefined>((resolve) => {
        this.#push = resolve;
      });
    let waiting = next();
    async function* requests() {
      for (let request = await waiting; request !== undefined; request = await waiting) {
        waiting = next();
        yield request;
      }
    }
    this.#replies = feature.ingest(requests(), { signal })[Symbol.asyncIterator]();
  }

  async send(request: IngestRequest): Promise<IngestTotals> {
    this.#push(request);
    const reply = await this.#replies.next();
    if (reply.done !== true) return reply.value;
    throw new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: 'the feature service ended the stream before it acknowledged a batch',
      retry: { kind: 'elsewhere' },
    });
  }

  end(): void {
    this.#push(undefined);
  }
}

function bytesOf(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
