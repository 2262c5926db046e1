import { crc32 } from 'node:zlib';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import {
  type BinaryTable,
  KeyValueStore,
  type StoreTable,
} from '../../shared/platform/store/key-value-store.ts';
import type { EntityChange, StoredEntity, ViewStats } from '../core/entity-table.ts';
import type { ClaimedIds } from '../core/event-ids.ts';
import type { LogAppend, LogRecord } from '../core/ingestor.ts';
import type { Segment } from '../core/segment.ts';
import type { FeatureStore, StateWrite } from '../ports.ts';

/** Part of a state's key beside its chunks: the log offset that the chunks have seen. */
const appliedKey = -1;

/** Above all keys of chunks. */
const chunkKeyEnd = 2 ** 32;

/** Above all keys that are texts. */
const textKeyEnd = '\u{10ffff}';

const nothing = Buffer.alloc(0);

/** Keys that one transaction removes: a pause of some ten milliseconds for others who write. */
const clearKeysMax = 10_000;

/** Log, event ids and online state in one LMDB folder. Several threads of one process may have it open. */
export class LmdbFeatureStore implements FeatureStore {
  readonly #store: KeyValueStore;
  readonly #log: StoreTable;
  readonly #idPages: StoreTable;
  readonly #idHashes: BinaryTable;
  readonly #positions: StoreTable;
  readonly #entityRecords: StoreTable;
  readonly #states: StoreTable;
  readonly #facts: StoreTable;

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the folder holds no such store. */
  constructor(directory: string) {
    this.#store = KeyValueStore.open({ directory });
    this.#log = this.#store.table('log');
    this.#idPages = this.#store.table('id-pages');
    this.#idHashes = this.#store.binaryTable('id-hashes');
    this.#positions = this.#store.table('positions');
    this.#entityRecords = this.#store.table('entity-records');
    this.#states = this.#store.table('states');
    this.#facts = this.#store.table('facts');
  }

  lastSeq(): number {
    return this.#number('last-seq');
  }

  checkpointSeq(): number {
    return this.#number('checkpoint-seq');
  }

  segment(source: string): Segment | undefined {
    return this.#fact<Segment>(`segment/${source}`);
  }

  viewHash(viewId: string): string | undefined {
    return this.#fact<string>(`view/${viewId}`);
  }

  viewStats(viewId: string): ViewStats {
    const stats = this.#fact<{ entities: number; newestTs: number | null }>(`stats/${viewId}`);
    return {
      entities: stats?.entities ?? 0,
      newestTs: stats?.newestTs ?? Number.NEGATIVE_INFINITY,
    };
  }

  idPage(source: string, page: number): Uint8Array | undefined {
    return this.#idPages.get([source, page]);
  }

  hasIdHash(hash: string): boolean {
    return this.#idHashes.has(Buffer.from(hash, 'latin1'));
  }

  position(source: string, partition: string): number | undefined {
    const bytes = this.#positions.get([source, partition]);
    return bytes === undefined ? undefined : readNumber(bytes);
  }

  newestTs(source: string): number {
    const ofHistory = this.segment(source)?.newestTs ?? Number.NEGATIVE_INFINITY;
    const bytes = this.#facts.get(`newest/${source}`);
    return bytes === undefined ? ofHistory : Math.max(ofHistory, readNumber(bytes));
  }

  *recordsFrom(seq: number): Generator<Uint8Array> {
    // The record that holds an event begins at or before it.
    const [before] = this.#log.range({ end: seq + 1, isReverse: true, limit: 1 });
    const start = typeof before?.key === 'number' ? before.key : 0;
    for (const { key, value } of this.#log.range({ start })) yield checked(value, String(key));
  }

  loadEntity(viewId: string, key: string): StoredEntity | undefined {
    let appliedSeq = 0;
    const chunks: { key: number; bytes: Uint8Array }[] = [];
    const range = { start: [viewId, key, appliedKey], end: [viewId, key, chunkKeyEnd] };
    for (const { key: parts, value } of this.#states.range(range)) {
      const chunkKey = Number(Array.isArray(parts) ? parts[2] : Number.NaN);
      if (chunkKey === appliedKey) appliedSeq = readNumber(value);
      else chunks.push({ key: chunkKey, bytes: value });
    }
    return chunks.length === 0 ? undefined : { chunks, appliedSeq };
  }

  nextEntity(viewId: string, after: string | undefined): string | undefined {
    const start = after === undefined ? [viewId, ''] : [viewId, after, chunkKeyEnd];
    const [entry] = this.#states.range({ start, end: [viewId, textKeyEnd], limit: 1 });
    return Array.isArray(entry?.key) ? String(entry.key[1]) : undefined;
  }

  async append({ records, ids, newestTs, lastSeq }: LogAppend): Promise<void> {
    await this.#store.commit(() => {
      for (const record of records) this.#putRecord(record);
      this.#putIds(ids);
      for (const [source, ts] of newestTs) this.#facts.put(`newest/${source}`, numberBytes(ts));
      this.#facts.put('last-seq', numberBytes(lastSeq));
    });
  }

  async writeStates({ changes, stats, checkpointSeq }: StateWrite): Promise<void> {
    await this.#store.commit(() => {
      for (const change of changes) this.#putChange(change);
      for (const [viewId, viewStats] of stats) this.#putFact(`stats/${viewId}`, viewStats);
      if (checkpointSeq !== undefined) {
        this.#facts.put('checkpoint-seq', numberBytes(checkpointSeq));
      }
    });
  }

  async clearStates(viewId: string): Promise<void> {
    await this.#store.commit(() => {
      this.#facts.remove(`view/${viewId}`);
      this.#facts.remove(`stats/${viewId}`);
    });
    const range = { start: [viewId, ''], end: [viewId, textKeyEnd], limit: clearKeysMax };
    for (;;) {
      const keys = [...this.#states.range(range)].map((entry) => entry.key);
      if (keys.length === 0) return;
      await this.#store.commit(() => {
        for (const key of keys) this.#states.remove(key);
      });
    }
  }

  async writeViewHashes(hashes: ReadonlyMap<string, string>): Promise<void> {
    await this.#store.commit(() => {
      for (const [viewId, hash] of hashes) this.#putFact(`view/${viewId}`, hash);
    });
  }

  async writeSegment(
    segment: Segment,
    made: { readonly ids: ClaimedIds; readonly viewHashes: ReadonlyMap<string, string> },
  ): Promise<void> {
    const lastSeq = segment.seqBefore + segment.rows;
    await this.#store.commit(() => {
      this.#putFact(`segment/${segment.source}`, segment);
      for (const [viewId, hash] of made.viewHashes) this.#putFact(`view/${viewId}`, hash);
      this.#putIds(made.ids);
      this.#facts.put('last-seq', numberBytes(lastSeq));
      this.#facts.put('checkpoint-seq', numberBytes(lastSeq));
    });
  }

  async close(): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #putRecord({ source, firstSeq, bytes, keys }: LogRecord): void {
    this.#log.put(firstSeq, withChecksum(bytes));
    for (const [column, texts] of keys) {
      for (const text of texts) this.#entityRecords.put([source, column, text, firstSeq], nothing);
    }
  }

  #putIds({ pages, hashes, positions }: ClaimedIds): void {
    for (const { source, page, bits } of pages) this.#idPages.put([source, page], bits);
    for (const hash of hashes) this.#idHashes.put(Buffer.from(hash, 'latin1'), nothing);
    for (const { source, partition, position } of positions) {
      this.#positions.put([source, partition], numberBytes(position));
    }
  }

  #putChange({ viewId, key, chunks, appliedSeq }: EntityChange): void {
    for (const { key: chunkKey, bytes } of chunks) {
      if (bytes === undefined) this.#states.remove([viewId, key, chunkKey]);
      else this.#states.put([viewId, key, chunkKey], bytes);
    }
    this.#states.put([viewId, key, appliedKey], numberBytes(appliedSeq));
  }

  #putFact(name: string, value: unknown): void {
    this.#facts.put(name, Buffer.from(JSON.stringify(value), 'utf8'));
  }

  #fact<T>(name: string): T | undefined {
    const bytes = this.#facts.get(name);
    // Only this class writes facts, each under a name of its own.
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
  }

  #number(name: string): number {
    const bytes = this.#facts.get(name);
    return bytes === undefined ? 0 : readNumber(bytes);
  }
}

function numberBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function readNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0, true);
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(bytes.length + 4);
  whole.set(bytes);
  whole.writeUInt32LE(crc32(bytes), bytes.length);
  return whole;
}

function checked(whole: Uint8Array, key: string): Uint8Array {
  const bytes = whole.subarray(0, whole.length - 4);
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  if (whole.length >= 4 && view.getUint32(whole.length - 4, true) === crc32(bytes)) return bytes;
  throw new MeshError({
    code: 'DATA_LOSS',
    reason: 'LOG_CORRUPT',
    message: `the event log is damaged: the record at offset ${key} does not match its checksum; restore the data directory from a backup`,
    detail: { offset: key },
  });
}
