import assert from 'node:assert/strict';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

// One copy of a vector's memory: the library's own way asks for each value by itself, twenty times as slow.

/** Gives a column of type DOUBLE; NaN where it is null. */
export function readNumbers(
  chunks: readonly DuckDBDataChunk[],
  column: number,
  rows: number,
): Float64Array {
  const into = new Float64Array(rows);
  let at = 0;
  for (const chunk of chunks) {
    const { rowCount } = chunk;
    const bytes = vectorBytes(chunk, column, rowCount * 8);
    into.set(new Float64Array(bytes.buffer, bytes.byteOffset, rowCount), at);
    eachNull(chunk, column, (row) => {
      into[at + row] = Number.NaN;
    });
    at += rowCount;
  }
  return into;
}

/** Gives a column of type UINTEGER without nulls. */
export function readCodes(
  chunks: readonly DuckDBDataChunk[],
  column: number,
  rows: number,
): Uint32Array {
  const into = new Uint32Array(rows);
  let at = 0;
  for (const chunk of chunks) {
    const { rowCount } = chunk;
    const bytes = vectorBytes(chunk, column, rowCount * 4);
    into.set(new Uint32Array(bytes.buffer, bytes.byteOffset, rowCount), at);
    at += rowCount;
  }
  return into;
}

/** Bytes of one text in a vector: its length as uint32, then up to 12 bytes of text, or 4 of them and a pointer to all. */
const textBytes = 16;
const inlineBytesMax = 12;

/** Gives a column of type VARCHAR without nulls. */
export function readTexts(chunks: readonly DuckDBDataChunk[], column: number): readonly string[] {
  const texts: string[] = [];
  for (const chunk of chunks) {
    const { rowCount } = chunk;
    const bytes = vectorBytes(chunk, column, rowCount * textBytes);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0; row < rowCount; row += 1) {
      texts.push(textAt(buffer, row * textBytes));
    }
  }
  return texts;
}

function textAt(vector: Buffer, at: number): string {
  const length = vector.readUInt32LE(at);
  if (length <= inlineBytesMax) return vector.toString('utf8', at + 4, at + 4 + length);
  // The pointer stands at an offset of the whole memory that the vector is a part of.
  const text = duckdb.get_data_from_pointer(
    toArrayBuffer(vector),
    vector.byteOffset + at + 8,
    length,
  );
  return Buffer.from(text.buffer, text.byteOffset, length).toString('utf8');
}

function toArrayBuffer({ buffer }: Buffer): ArrayBuffer {
  assert(buffer instanceof ArrayBuffer);
  return buffer;
}

/** The memory of the library: it is gone with the chunk. */
function vectorBytes(chunk: DuckDBDataChunk, column: number, bytes: number): Uint8Array {
  return duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, column), bytes);
}

function eachNull(chunk: DuckDBDataChunk, column: number, tell: (row: number) => void): void {
  const { rowCount } = chunk;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  // One bit a row, in words of 64; nothing at all where no row is null, whatever the declaration says.
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  if (bits === null) return;
  for (let row = 0; row < rowCount; row += 1) {
    if (((bits[row >>> 3] ?? 0) & (1 << (row & 7))) === 0) tell(row);
  }
}
