import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type {
  BinaryTable,
  KeyValueStore,
  StoreTable,
} from '../../shared/platform/store/key-value-store.ts';
import { type ErasureWork, encodeErasure } from '../core/erasure.ts';
import type { ClaimedIds } from '../core/event-ids.ts';
import type { LogAppend, LogRecord } from '../core/ingestor.ts';
import type { Segment } from '../core/segment.ts';
import type { ErasureWrite, EventStore } from '../ports.ts';
import { FactTable, numberBytes, readNumber } from './fact-table.ts';

const nothing = Buffer.alloc(0);

/** Log, event ids and history in one LMDB folder. Several threads of one process may have it open. */
export class LmdbEventStore implements EventStore {
  readonly #store: KeyValueStore;
  readonly #log: StoreTable;
  readonly #idPages: StoreTable;
  readonly #idHashes: BinaryTable;
  readonly #positions: StoreTable;
  readonly #entityRecords: StoreTable;
  readonly #erasures: StoreTable;
  readonly #facts: FactTable;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#log = store.table('log');
    this.#idPages = store.table('id-pages');
    this.#idHashes = store.binaryTable('id-hashes');
    this.#positions = store.table('positions');
    this.#entityRecords = store.table('entity-records');
    this.#erasures = store.table('erasures');
    this.#facts = new FactTable(store.table('facts'));
  }

  /** Gives what tells this log from any other: made at random when it is asked for first. */
  async logId(): Promise<string> {
    const known = this.#facts.get<string>('log-id');
    if (known !== undefined) return known;
    const made = randomUUID().slice(0, 8);
    await this.#store.commit(() => this.#facts.put('log-id', made));
    return made;
  }

  /** Gives where the online state was last; undefined before that was told. */
  onlineHome(): string | undefined {
    return this.#facts.get<string>('online-home');
  }

  async writeOnlineHome(home: string): Promise<void> {
    await this.#store.commit(() => this.#facts.put('online-home', home));
  }

  lastSeq(): number {
    return this.#facts.number('last-seq');
  }

  segment(source: string): Segment | undefined {
    return this.#facts.get<Segment>(`segment/${source}`);
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
    const ofLog = this.#facts.numberOf(`newest/${source}`) ?? Number.NEGATIVE_INFINITY;
    return Math.max(ofHistory, ofLog);
  }

  *recordsFrom(seq: number): Generator<Uint8Array> {
    // The record that holds an event begins at or before it.
    const [before] = this.#log.range({ end: seq + 1, isReverse: true, limit: 1 });
    const start = typeof before?.key === 'number' ? before.key : 0;
    for (const { key, value } of this.#log.range({ start })) yield checked(value, String(key));
  }

  async append({ records, ids, newestTs, lastSeq }: LogAppend): Promise<void> {
    await this.#store.commit(() => {
      for (const record of records) this.#putRecord(record);
      this.#putIds(ids);
      for (const [source, ts] of newestTs) this.#facts.putNumber(`newest/${source}`, ts);
      this.#facts.putNumber('last-seq', lastSeq);
    });
  }

  recordsOf(source: string, column: string, text: string): readonly number[] {
    const start = [source, column, text, 0];
    const end = [source, column, text, Number.MAX_SAFE_INTEGER];
    return [...this.#entityRecords.range({ start, end })].map(({ key }) =>
      Array.isArray(key) ? Number(key[3]) : Number.NaN,
    );
  }

  indexedColumns(source: string): readonly string[] {
    return this.#facts.get<readonly string[]>(`indexed/${source}`) ?? [];
  }

  async keepIndexed(source: string, keyColumns: readonly string[]): Promise<void> {
    const isEmpty = this.#facts.numberOf(`newest/${source}`) === undefined;
    const known = this.indexedColumns(source);
    const kept = isEmpty ? keyColumns : keyColumns.filter((name) => known.includes(name));
    if (kept.join('\0') === known.join('\0')) return;
    await this.#store.commit(() => this.#facts.put(`indexed/${source}`, kept));
  }

  recordAt(firstSeq: number): Uint8Array | undefined {
    const bytes = this.#log.get(firstSeq);
    return bytes === undefined ? undefined : checked(bytes, String(firstSeq));
  }

  erasures(): readonly ErasureWork[] {
    return [...this.#erasures.range()].map(
      // Only this class writes erasures.
      ({ value }) => JSON.parse(Buffer.from(value).toString('utf8')) as ErasureWork,
    );
  }

  async erase({ records, work }: ErasureWrite): Promise<void> {
    await this.#store.commit(() => {
      for (const { source, firstSeq, bytes, goneKeys } of records) {
        this.#log.put(firstSeq, withChecksum(bytes));
        for (const [column, texts] of goneKeys) {
          for (const text of texts) this.#entityRecords.remove([source, column, text, firstSeq]);
        }
      }
      this.#putErasure(work);
      this.#facts.putNumber('last-seq', work.erasure.seq);
    });
  }

  async writeErasure(work: ErasureWork): Promise<void> {
    await this.#store.commit(() => this.#putErasure(work));
  }

  async writeSegment(segment: Segment, ids: ClaimedIds): Promise<void> {
    await this.#store.commit(() => {
      this.#facts.put(`segment/${segment.source}`, segment);
      this.#putIds(ids);
      this.#facts.putNumber('last-seq', segment.seqBefore + segment.rows);
    });
  }

  #putErasure(work: ErasureWork): void {
    const { erasure } = work;
    this.#log.put(erasure.seq, withChecksum(encodeErasure(erasure)));
    this.#erasures.put(erasure.seq, Buffer.from(JSON.stringify(work), 'utf8'));
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
