import type { Tensor } from './tensor.ts';

/** Gives float32 values, [rows, columns] row-major, as a tensor of the same memory. */
export function floatMatrix(values: Float32Array, rows: number): Tensor {
  const { buffer, byteOffset, byteLength, length } = values;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return { dataType: 'FP32', shape: [rows, length / rows], bytes };
}

/** Gives the values of an FP32 tensor: a view where its bytes are aligned, else a copy. */
export function floatsOf({ bytes }: Tensor): Float32Array {
  // A slice of a Buffer is a view of the same memory. The wire is little-endian, and so is every platform that Node runs the native runtimes on.
  const aligned =
    bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
