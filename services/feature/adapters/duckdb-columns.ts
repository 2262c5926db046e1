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

/** Gives a column of type VARCHAR. */
export function readTexts(chunks: readonly DuckDBDataChunk[], column: number): readonly string[] {
  return chunks.flatMap((chunk) => chunk.getColumnValues(column).map(String));
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
