import { ByteReader, stateCorrupt } from './byte-reader.ts';
import { crc32 } from './checksum.ts';
import { chunkFormat, type EncodedChunk, encodeChunk, valueFormats } from './chunk-encoder.ts';
import { lowerBound } from './event-columns.ts';

/** Most events of one chunk: one late or new event rewrites at most this many. */
export const chunkRowsMax = 512;

/** Fewer events are encoded anew each time: what was written is not worth its memory. */
const keptRowsMin = 64;

/** Capacity of a chunk's arrays at first; they double. */
const firstCapacity = 8;

/** Up to {@link chunkRowsMax} events of one entity, sorted by (ts, seq), with the columns that a view needs. */
export class EventChunk {
  /** Unique within the entity, from 1; never used again. */
  readonly id: number;
  rows = 0;
  ts: Float64Array<ArrayBuffer>;
  seq: Float64Array<ArrayBuffer>;
  readonly columns: Float64Array[];
  /** Whether it differs from what is stored. */
  isDirty: boolean = true;
  /** What was encoded last, where the events of then still are the first ones. */
  #encoded: EncodedChunk | undefined;

  /** `capacity`: events that it takes without growing. */
  constructor(id: number, columnCount: number, capacity = firstCapacity) {
    this.id = id;
    this.ts = new Float64Array(capacity);
    this.seq = new Float64Array(capacity);
    this.columns = Array.from({ length: columnCount }, () => new Float64Array(capacity));
  }

  firstTs(): number {
    return this.ts[0] ?? Number.POSITIVE_INFINITY;
  }

  lastTs(): number {
    return this.ts[this.rows - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether an event at (ts, seq) comes after all that are held. */
  isBefore(ts: number, seq: number): boolean {
    return this.rows === 0 || !this.#isAfter(this.rows - 1, ts, seq);
  }

  /** Gives the number of events with ts below `bound`. */
  countBefore(bound: number): number {
    return lowerBound(this.ts, bound, 0, this.rows);
  }

  /** Puts an event at its place and gives that row. The chunk must not be full. O(events after it). */
  insert(ts: number, seq: number, values: ArrayLike<number>): number {
    if (this.rows === this.ts.length) this.#grow();
    let row = this.rows;
    while (row > 0 && this.#isAfter(row - 1, ts, seq)) row -= 1;
    if (row < this.rows) {
      this.#encoded = undefined;
      this.ts.copyWithin(row + 1, row, this.rows);
      this.seq.copyWithin(row + 1, row, this.rows);
      for (const column of this.columns) column.copyWithin(row + 1, row, this.rows);
    }
    this.ts[row] = ts;
    this.seq[row] = seq;
    for (let index = 0; index < this.columns.length; index += 1) {
      const column = this.columns[index];
      // + 0 turns a negative zero into zero, so that equal events write equal bytes.
      if (column !== undefined) column[row] = (values[index] ?? Number.NaN) + 0;
    }
    this.rows += 1;
    this.isDirty = true;
    return row;
  }

  /** Moves the later half into a new chunk with this id. */
  split(id: number): EventChunk {
    const kept = this.rows >>> 1;
    const later = new EventChunk(id, this.columns.length);
    later.rows = this.rows - kept;
    later.ts = resized(this.ts.subarray(kept, this.rows), chunkRowsMax);
    later.seq = resized(this.seq.subarray(kept, this.rows), chunkRowsMax);
    this.columns.forEach((column, index) => {
      later.columns[index] = resized(column.subarray(kept, this.rows), chunkRowsMax);
    });
    this.rows = kept;
    this.isDirty = true;
    this.#encoded = undefined;
    return later;
  }

  /** Gives the bytes to store: equal events give equal bytes. */
  encode(): Uint8Array {
    const encoded = encodeChunk(this, this.#encoded);
    // A full chunk does not grow any more.
    const isKept = this.rows >= keptRowsMin && this.rows < chunkRowsMax;
    this.#encoded = isKept ? encoded : undefined;
    return encoded.bytes;
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes are damaged or not those of chunk `id`. */
  static decode(id: number, bytes: Uint8Array, columnCount: number): EventChunk {
    const what = `chunk ${id} of an entity's state`;
    const reader = unsealed(bytes, what);
    if (reader.byte() !== chunkFormat) throw stateCorrupt(what, 'its format is of another version');
    if (reader.unsigned() !== id) throw stateCorrupt(what, 'it holds another chunk');
    const rows = reader.unsigned();
    if (rows < 1 || rows > chunkRowsMax)
      throw stateCorrupt(what, 'its number of events is out of range');
    const chunk = new EventChunk(id, columnCount);
    chunk.rows = rows;
    chunk.ts = decodeDeltas(reader, rows);
    chunk.seq = decodeDeltas(reader, rows);
    for (let index = 0; index < columnCount; index += 1) {
      chunk.columns[index] = decodeColumn(reader, rows);
    }
    reader.end();
    chunk.isDirty = false;
    return chunk;
  }

  #isAfter(row: number, ts: number, seq: number): boolean {
    const other = this.ts[row] ?? 0;
    return other > ts || (other === ts && (this.seq[row] ?? 0) > seq);
  }

  #grow(): void {
    const capacity = Math.min(chunkRowsMax, this.ts.length * 2);
    this.ts = resized(this.ts, capacity);
    this.seq = resized(this.seq, capacity);
    this.columns.forEach((column, index) => {
      this.columns[index] = resized(column, capacity);
    });
  }
}

/**
 * Gives a reader over bytes without their checksum.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the checksum doesn't fit.
 */
export function unsealed(bytes: Uint8Array, what: string): ByteReader {
  if (bytes.length < 4) throw stateCorrupt(what, 'it ends too early');
  const body = bytes.subarray(0, bytes.length - 4);
  const checksum = new ByteReader(bytes.subarray(bytes.length - 4), what).uint32();
  if (crc32(body) !== checksum) throw stateCorrupt(what, 'its checksum does not fit');
  return new ByteReader(body, what);
}

function resized(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(Math.max(capacity, values.length));
  grown.set(values);
  return grown;
}

function decodeDeltas(reader: ByteReader, rows: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows);
  let previous = 0;
  for (let row = 0; row < rows; row += 1) {
    previous += reader.signed();
    values[row] = previous;
  }
  return values;
}

function decodeColumn(reader: ByteReader, rows: number): Float64Array<ArrayBuffer> {
  const isWhole = reader.byte() === valueFormats.wholeNumbers;
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    values[row] = isWhole ? reader.signed() : reader.float64();
  }
  return values;
}
