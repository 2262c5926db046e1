import { ByteReader, stateCorrupt } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32 } from './checksum.ts';
import { lowerBound } from './event-columns.ts';

/** Most events of one chunk: one late or new event rewrites at most this many. */
export const chunkRowsMax = 512;

const formatVersion = 1;

/** Up to {@link chunkRowsMax} events of one entity, sorted by (ts, seq), with the columns that a view needs. */
export class EventChunk {
  /** Unique within the entity, from 1; never used again. */
  readonly id: number;
  rows = 0;
  ts = new Float64Array(8);
  seq = new Float64Array(8);
  readonly columns: Float64Array[];
  /** Whether it differs from what is stored. */
  isDirty: boolean = true;

  constructor(id: number, columnCount: number) {
    this.id = id;
    this.columns = Array.from({ length: columnCount }, () => new Float64Array(8));
  }

  firstTs(): number {
    return this.ts[0] ?? Number.POSITIVE_INFINITY;
  }

  lastTs(): number {
    return this.ts[this.rows - 1] ?? Number.NEGATIVE_INFINITY;
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
    return later;
  }

  /** Gives the bytes to store: equal events give equal bytes. */
  encode(): Uint8Array {
    const writer = new ByteWriter();
    writer.byte(formatVersion);
    writer.unsigned(this.id);
    writer.unsigned(this.rows);
    encodeDeltas(writer, this.ts, this.rows);
    encodeDeltas(writer, this.seq, this.rows);
    for (const column of this.columns) encodeColumn(writer, column, this.rows);
    return sealed(writer);
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes are damaged or not those of chunk `id`. */
  static decode(id: number, bytes: Uint8Array, columnCount: number): EventChunk {
    const what = `chunk ${id} of an entity's state`;
    const reader = unsealed(bytes, what);
    if (reader.byte() !== formatVersion)
      throw stateCorrupt(what, 'its format is of another version');
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

/** Gives the bytes of a writer with their checksum at the end. */
export function sealed(writer: ByteWriter): Uint8Array {
  writer.uint32(crc32(writer.toBytes()));
  return writer.toBytes();
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

function encodeDeltas(writer: ByteWriter, values: Float64Array, rows: number): void {
  let previous = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row] ?? 0;
    writer.signed(value - previous);
    previous = value;
  }
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

const asWholeNumbers = 0;
const asDoubles = 1;

function encodeColumn(writer: ByteWriter, column: Float64Array, rows: number): void {
  const values = column.subarray(0, rows);
  const isWhole = values.every((value) => Number.isSafeInteger(value));
  writer.byte(isWhole ? asWholeNumbers : asDoubles);
  for (const value of values) {
    if (isWhole) writer.signed(value);
    else writer.float64(value);
  }
}

function decodeColumn(reader: ByteReader, rows: number): Float64Array<ArrayBuffer> {
  const isWhole = reader.byte() === asWholeNumbers;
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    values[row] = isWhole ? reader.signed() : reader.float64();
  }
  return values;
}
