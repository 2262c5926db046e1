/** Datatypes of the open inference protocol (KServe V2), in the order of its table. */
export const dataTypes = [
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
  'BF16',
] as const;

/** One of {@link dataTypes}. */
export type DataType = (typeof dataTypes)[number];

/** Bytes of one element; undefined for BYTES, whose elements carry their own length. */
export const elementBytes: Readonly<Record<DataType, number | undefined>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: undefined,
  BF16: 2,
};

/** Whether a text names a datatype. */
export function isDataType(text: string): text is DataType {
  return Object.hasOwn(elementBytes, text);
}
