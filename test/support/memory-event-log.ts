import type { ClaimedIds, EventIdStore } from '../../services/feature/core/event-ids.ts';
import type { LogAppend, LogRecord } from '../../services/feature/core/ingestor.ts';

/** An event log in memory that outlives the process under test, so to say: what was appended is there after a crash. */
export class MemoryEventLog implements EventIdStore {
  readonly records: LogRecord[] = [];
  lastSeq = 0;
  readonly newestTs = new Map<string, number>();
  readonly #pages = new Map<string, Uint8Array>();
  readonly #hashes = new Set<string>();
  readonly #positions = new Map<string, number>();

  append({ records, ids, newestTs, lastSeq }: LogAppend): Promise<void> {
    this.records.push(...records);
    this.#take(ids);
    for (const [source, ts] of newestTs) this.newestTs.set(source, ts);
    this.lastSeq = lastSeq;
    return Promise.resolve();
  }

  idPage(source: string, page: number): Uint8Array | undefined {
    return this.#pages.get(`${source}/${page}`);
  }

  hasIdHash(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  position(source: string, partition: string): number | undefined {
    return this.#positions.get(`${source}/${partition}`);
  }

  #take({ pages, hashes, positions }: ClaimedIds): void {
    for (const { source, page, bits } of pages) this.#pages.set(`${source}/${page}`, bits);
    for (const hash of hashes) this.#hashes.add(hash);
    for (const { source, partition, position } of positions) {
      this.#positions.set(`${source}/${partition}`, position);
    }
  }
}
