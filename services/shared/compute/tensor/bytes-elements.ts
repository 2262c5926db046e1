import { MeshError } from '../../kernel/mesh-error.ts';

const lengthBytes = 4;

/** Encodes elements of BYTES: for each its length as uint32, little-endian, and then its bytes. */
export function encodeBytesElements(elements: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = elements.reduce((sum, { length }) => sum + lengthBytes + length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const element of elements) {
    view.setUint32(offset, element.length, true);
    bytes.set(element, offset + lengthBytes);
    offset += lengthBytes + element.length;
  }
  return bytes;
}

/**
 * Gives the elements of BYTES, as views of `bytes`.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function decodeBytesElements(name: string, bytes: Uint8Array): readonly Uint8Array[] {
  const elements: Uint8Array[] = [];
  const ends = elementEnds(name, bytes);
  let begin = 0;
  for (const end of ends) {
    elements.push(bytes.subarray(begin + lengthBytes, end));
    begin = end;
  }
  return elements;
}

/**
 * Gives how many elements of BYTES there are.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function countBytesElements(name: string, bytes: Uint8Array): number {
  return elementEnds(name, bytes).length;
}

/**
 * Gives where each element of BYTES ends, counted in bytes from the begin.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function elementEnds(name: string, bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends: number[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end =
      offset + lengthBytes <= bytes.length
        ? offset + lengthBytes + view.getUint32(offset, true)
        : Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      throw new MeshError({
        code: 'INVALID_ARGUMENT',
        reason: 'TENSOR_SIZE',
        message: `element ${ends.length} of ${name} goes beyond the end of its ${bytes.length} bytes; wanted for each element its length as uint32 and then its bytes`,
      });
    }
    ends.push(end);
    offset = end;
  }
  return ends;
}
