import { requireBytes } from './validate.ts';

// Columns travel as little-endian bytes, which is the order of every machine that Node runs on but some IBM mainframes.

/**
 * Gives the bytes of a typed array without copying them: the array must not change until the message is encoded. A
 * typed array that is itself given to a bytes field is encoded element by element, and wrongly.
 */
export function columnBytes(
  column: Float32Array | Float64Array | Uint8Array | Uint32Array,
): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}

/**
 * Reads `count` float64 values; shares the bytes where they are aligned, and copies them otherwise.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when the length is another.
 */
export function float64Column(bytes: Buffer, field: string, count: number): Float64Array {
  requireBytes(bytes, field, { bytes: count * 8 });
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(aligned.buffer, aligned.byteOffset, count);
}

/**
 * Reads `count` float32 values; shares the bytes where they are aligned, and copies them otherwise.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when the length is another.
 */
export function float32Column(bytes: Buffer, field: string, count: number): Float32Array {
  requireBytes(bytes, field, { bytes: count * 4 });
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, count);
}
