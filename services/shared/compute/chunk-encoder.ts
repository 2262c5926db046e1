import { ByteWriter } from './byte-writer.ts';
import { crc32 } from './checksum.ts';

/** Events as a chunk holds them: sorted by (ts, seq), the first `rows` of each array. */
export interface ChunkRows {
  readonly id: number;
  readonly rows: number;
  readonly ts: Float64Array;
  readonly seq: Float64Array;
  readonly columns: readonly Float64Array[];
}

/** Bytes of a chunk, and where in them each array ends: a chunk that has only grown since has its new rows written alone. */
export interface EncodedChunk {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Where the arrays begin, and where each of them ends: ts, seq, then the columns. */
  readonly bounds: readonly number[];
}

/** One array on its way into the bytes: its values, and what was written of it before. */
interface Growing {
  readonly values: Float64Array;
  readonly rows: number;
  /** Bytes of its first rows; empty where there are none that could be used. */
  readonly written: Uint8Array;
  /** How many rows those are. */
  readonly writtenRows: number;
}

/** Of a column: how its values are written. */
export const valueFormats = { wholeNumbers: 0, doubles: 1 } as const;

/** First byte of a chunk. */
export const chunkFormat = 1;

/** What a row takes at most where its values are small whole numbers: more is room that the bytes grow by. */
const rowBytes = 16;

/**
 * Gives the bytes to store: equal events give equal bytes, whatever was encoded before. `before` has to be of the same
 * chunk, whose first rows are as they were then.
 */
export function encodeChunk(chunk: ChunkRows, before: EncodedChunk | undefined): EncodedChunk {
  const { id, rows, ts, seq, columns } = chunk;
  const writer = new ByteWriter(
    (before?.bytes.length ?? 64) + (rows - (before?.rows ?? 0)) * rowBytes,
  );
  writer.byte(chunkFormat);
  writer.unsigned(id);
  writer.unsigned(rows);
  const bounds = [writer.length];
  const growing = (values: Float64Array, index: number): Growing => ({
    values,
    rows,
    written: before?.bytes.subarray(before.bounds[index], before.bounds[index + 1]) ?? noBytes,
    writtenRows: before?.rows ?? 0,
  });
  encodeDeltas(writer, growing(ts, 0));
  bounds.push(writer.length);
  encodeDeltas(writer, growing(seq, 1));
  bounds.push(writer.length);
  for (const [index, column] of columns.entries()) {
    encodeColumn(writer, growing(column, index + 2));
    bounds.push(writer.length);
  }
  return { bytes: sealed(writer), rows, bounds };
}

/** Gives the bytes of a writer with their checksum at the end. */
export function sealed(writer: ByteWriter): Uint8Array {
  writer.uint32(crc32(writer.written()));
  return writer.toBytes();
}

const noBytes = new Uint8Array(0);

function encodeDeltas(writer: ByteWriter, { values, rows, written, writtenRows }: Growing): void {
  writer.bytes(written);
  let previous = writtenRows === 0 ? 0 : (values[writtenRows - 1] ?? 0);
  for (let row = writtenRows; row < rows; row += 1) {
    const value = values[row] ?? 0;
    writer.signed(value - previous);
    previous = value;
  }
}

function encodeColumn(writer: ByteWriter, { values, rows, written, writtenRows }: Growing): void {
  const [formatBefore = valueFormats.wholeNumbers] = written;
  const format =
    formatBefore === valueFormats.wholeNumbers && areWhole(values, writtenRows, rows)
      ? valueFormats.wholeNumbers
      : valueFormats.doubles;
  const isKept = written.length > 0 && format === formatBefore;
  if (isKept) writer.bytes(written);
  else writer.byte(format);
  const from = isKept ? writtenRows : 0;
  if (format === valueFormats.wholeNumbers) {
    for (let row = from; row < rows; row += 1) writer.signed(values[row] ?? 0);
  } else {
    for (let row = from; row < rows; row += 1) writer.float64(values[row] ?? 0);
  }
}

function areWhole(values: Float64Array, from: number, until: number): boolean {
  for (let row = from; row < until; row += 1) {
    if (!Number.isSafeInteger(values[row])) return false;
  }
  return true;
}
