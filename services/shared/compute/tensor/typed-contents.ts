import { MeshError } from '../../kernel/mesh-error.ts';
import { decodeBytesElements, encodeBytesElements } from './bytes-elements.ts';
import { type DataType, elementBytes } from './data-type.ts';
import type { Tensor } from './tensor.ts';

/** Elements of a tensor by kind, as a client sends them that has no bytes: one field is filled, row-major. 64-bit integers are decimal texts. */
export interface TypedContents {
  readonly boolContents: readonly boolean[];
  readonly intContents: readonly number[];
  readonly int64Contents: readonly string[];
  readonly uintContents: readonly number[];
  readonly uint64Contents: readonly string[];
  readonly fp32Contents: readonly number[];
  readonly fp64Contents: readonly number[];
  readonly bytesContents: readonly Uint8Array[];
}

type Field = keyof TypedContents;

const fields: readonly Field[] = [
  'boolContents',
  'intContents',
  'int64Contents',
  'uintContents',
  'uint64Contents',
  'fp32Contents',
  'fp64Contents',
  'bytesContents',
];

/** Which field holds the elements of a datatype; undefined where the protocol has none, so that they travel as bytes only. */
const fieldOf: Readonly<Record<DataType, Field | undefined>> = {
  BOOL: 'boolContents',
  UINT8: 'uintContents',
  UINT16: 'uintContents',
  UINT32: 'uintContents',
  UINT64: 'uint64Contents',
  INT8: 'intContents',
  INT16: 'intContents',
  INT32: 'intContents',
  INT64: 'int64Contents',
  FP16: undefined,
  FP32: 'fp32Contents',
  FP64: 'fp64Contents',
  BYTES: 'bytesContents',
  BF16: undefined,
};

/** Range of each integer that is held by a wider field. */
const ranges: Partial<Record<DataType, readonly [number, number]>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
};

/** Whether elements of a datatype can travel one by one; those of FP16 and BF16 travel as bytes only. */
export function hasTypedField(dataType: DataType): boolean {
  return fieldOf[dataType] !== undefined;
}

/** Whether no field holds an element. */
export function isEmptyContents(contents: TypedContents): boolean {
  return fields.every((field) => contents[field].length === 0);
}

/**
 * Gives the bytes of elements.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_TYPE for elements in the field of another datatype, outside of the range of theirs, and for
 *   a datatype that travels as bytes only; TENSOR_SIZE for another number of them than `elements`.
 */
export function encodeContents(
  name: string,
  { dataType, elements }: { readonly dataType: DataType; readonly elements: number },
  contents: TypedContents,
): Uint8Array<ArrayBuffer> {
  const own = fieldOf[dataType];
  if (own === undefined) {
    throw invalid(
      'TENSOR_TYPE',
      `wanted raw_input_contents for ${name}: ${dataType} has no typed field`,
    );
  }
  const other = fields.find((field) => field !== own && contents[field].length > 0);
  if (other !== undefined) {
    throw invalid(
      'TENSOR_TYPE',
      `wanted the elements of ${name} (${dataType}) in ${wireName(own)}, got some in ${wireName(other)}`,
    );
  }
  const { length } = contents[own];
  if (length !== elements) {
    throw invalid(
      'TENSOR_SIZE',
      `wanted ${elements} elements of ${name} in ${wireName(own)}, got ${length}`,
    );
  }
  if (dataType === 'BYTES') return encodeBytesElements(contents.bytesContents);
  checkRange(name, dataType, contents);
  const bytes = new Uint8Array(elements * (elementBytes[dataType] ?? 0));
  write(new DataView(bytes.buffer), dataType, contents);
  return bytes;
}

/** Gives the elements of a tensor of a datatype that has a field, and that field alone. */
export function decodeContents(name: string, tensor: Tensor): Partial<TypedContents> {
  const { dataType, bytes } = tensor;
  const size = elementBytes[dataType] ?? 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = <T>(read: (at: number) => T): readonly T[] =>
    Array.from({ length: bytes.length / size }, (_, index) => read(index * size));
  switch (dataType) {
    case 'BOOL':
      return { boolContents: all((at) => view.getUint8(at) !== 0) };
    case 'UINT8':
      return { uintContents: all((at) => view.getUint8(at)) };
    case 'UINT16':
      return { uintContents: all((at) => view.getUint16(at, true)) };
    case 'UINT32':
      return { uintContents: all((at) => view.getUint32(at, true)) };
    case 'UINT64':
      return { uint64Contents: all((at) => view.getBigUint64(at, true).toString()) };
    case 'INT8':
      return { intContents: all((at) => view.getInt8(at)) };
    case 'INT16':
      return { intContents: all((at) => view.getInt16(at, true)) };
    case 'INT32':
      return { intContents: all((at) => view.getInt32(at, true)) };
    case 'INT64':
      return { int64Contents: all((at) => view.getBigInt64(at, true).toString()) };
    case 'FP32':
      return { fp32Contents: all((at) => view.getFloat32(at, true)) };
    case 'FP64':
      return { fp64Contents: all((at) => view.getFloat64(at, true)) };
    case 'BYTES':
      return { bytesContents: decodeBytesElements(name, bytes) };
    case 'FP16':
    case 'BF16':
      return {};
  }
}

function write(view: DataView, dataType: Exclude<DataType, 'BYTES'>, from: TypedContents): void {
  const each = <T>(values: readonly T[], size: number, set: (at: number, value: T) => void) => {
    for (const [index, value] of values.entries()) set(index * size, value);
  };
  switch (dataType) {
    case 'BOOL':
      each(from.boolContents, 1, (at, value) => view.setUint8(at, value ? 1 : 0));
      break;
    case 'UINT8':
      each(from.uintContents, 1, (at, value) => view.setUint8(at, value));
      break;
    case 'UINT16':
      each(from.uintContents, 2, (at, value) => view.setUint16(at, value, true));
      break;
    case 'UINT32':
      each(from.uintContents, 4, (at, value) => view.setUint32(at, value, true));
      break;
    case 'UINT64':
      each(from.uint64Contents, 8, (at, value) => view.setBigUint64(at, BigInt(value), true));
      break;
    case 'INT8':
      each(from.intContents, 1, (at, value) => view.setInt8(at, value));
      break;
    case 'INT16':
      each(from.intContents, 2, (at, value) => view.setInt16(at, value, true));
      break;
    case 'INT32':
      each(from.intContents, 4, (at, value) => view.setInt32(at, value, true));
      break;
    case 'INT64':
      each(from.int64Contents, 8, (at, value) => view.setBigInt64(at, BigInt(value), true));
      break;
    case 'FP32':
      each(from.fp32Contents, 4, (at, value) => view.setFloat32(at, value, true));
      break;
    case 'FP64':
      each(from.fp64Contents, 8, (at, value) => view.setFloat64(at, value, true));
      break;
    case 'FP16':
    case 'BF16':
      break;
  }
}

function checkRange(name: string, dataType: DataType, from: TypedContents): void {
  const range = ranges[dataType];
  if (range === undefined) return;
  const [min, max] = range;
  const values = min < 0 ? from.intContents : from.uintContents;
  const at = values.findIndex((value) => value < min || value > max);
  if (at === -1) return;
  throw invalid(
    'TENSOR_TYPE',
    `wanted ${dataType} (${min} to ${max}) for ${name}, element ${at} is outside of it`,
  );
}

function wireName(field: Field): string {
  return field.replace('Contents', '_contents');
}

function invalid(reason: 'TENSOR_TYPE' | 'TENSOR_SIZE', message: string): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason, message });
}
