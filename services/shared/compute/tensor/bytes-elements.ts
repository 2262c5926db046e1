import { MeshError } from '../../kernel/mesh-error.ts';
import { type TextFault, textFault } from './text-fault.ts';

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
 * Gives how many elements of BYTES there are; makes no object of any of them.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function countBytesElements(name: string, bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let count = 0;
  for (let begin = 0; begin < bytes.length; ) {
    begin = elementEnd(name, view, begin, count);
    count += 1;
  }
  return count;
}

/**
 * Gives where each element of BYTES ends, counted in bytes from the begin.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function elementEnds(name: string, bytes: Uint8Array): readonly number[] {
  const view = viewOf(bytes);
  const ends: number[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    begin = elementEnd(name, view, begin, ends.length);
    ends.push(begin);
  }
  return ends;
}

/** An element that is no text that every runtime takes. */
export interface ElementFault {
  /** Of the element, from 0. */
  readonly index: number;
  readonly fault: TextFault;
}

/**
 * Gives the first element of BYTES that is no UTF-8 or holds U+0000; undefined where all are texts. Makes no object of any, since a message can hold
 * millions.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SIZE when a length goes beyond the end.
 */
export function firstTextFault(name: string, bytes: Uint8Array): ElementFault | undefined {
  const view = viewOf(bytes);
  let index = 0;
  for (let begin = 0; begin < bytes.length; index += 1) {
    const end = elementEnd(name, view, begin, index);
    const fault = textFault(bytes, begin + lengthBytes, end);
    if (fault !== undefined) return { index, fault };
    begin = end;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Gives where the element that begins at `begin` ends. */
function elementEnd(name: string, view: DataView, begin: number, index: number): number {
  const { byteLength } = view;
  const from = begin + lengthBytes;
  const end = from <= byteLength ? from + view.getUint32(begin, true) : Number.POSITIVE_INFINITY;
  if (end <= byteLength) return end;
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_SIZE',
    message: `element ${index} of ${name} goes beyond the end of its ${byteLength} bytes; wanted for each element its length as uint32 and then its bytes`,
  });
}
