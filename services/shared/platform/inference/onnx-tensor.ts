import { isUtf8 } from 'node:buffer';
import { Tensor as OnnxTensor } from 'onnxruntime-node';
import { decodeBytesElements, encodeBytesElements } from '../../compute/tensor/bytes-elements.ts';
import type { DataType } from '../../compute/tensor/data-type.ts';
import type { Tensor } from '../../compute/tensor/tensor.ts';
import { MeshError } from '../../kernel/mesh-error.ts';

type TypedArrayOf = new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => OnnxTensor.DataTypeMap[Exclude<OnnxTensor.Type, 'string'>];

interface OnnxType {
  readonly type: OnnxTensor.Type;
  /** View that ONNX Runtime takes the values as; undefined for texts. */
  readonly view: (TypedArrayOf & { readonly BYTES_PER_ELEMENT: number }) | undefined;
}

/** How ONNX Runtime names each datatype. It has no bfloat16 for JavaScript: such values are widened before. */
const onnxTypes: Readonly<Record<Exclude<DataType, 'BF16'>, OnnxType>> = {
  BOOL: { type: 'bool', view: Uint8Array },
  UINT8: { type: 'uint8', view: Uint8Array },
  UINT16: { type: 'uint16', view: Uint16Array },
  UINT32: { type: 'uint32', view: Uint32Array },
  UINT64: { type: 'uint64', view: BigUint64Array },
  INT8: { type: 'int8', view: Int8Array },
  INT16: { type: 'int16', view: Int16Array },
  INT32: { type: 'int32', view: Int32Array },
  INT64: { type: 'int64', view: BigInt64Array },
  FP16: { type: 'float16', view: Uint16Array },
  FP32: { type: 'float32', view: Float32Array },
  FP64: { type: 'float64', view: Float64Array },
  BYTES: { type: 'string', view: undefined },
};

/** Gives the datatype of what ONNX Runtime calls `type`; undefined for what the mesh can't carry. */
export function dataTypeOf(type: OnnxTensor.Type): DataType | undefined {
  switch (type) {
    case 'bool':
      return 'BOOL';
    case 'uint8':
      return 'UINT8';
    case 'uint16':
      return 'UINT16';
    case 'uint32':
      return 'UINT32';
    case 'uint64':
      return 'UINT64';
    case 'int8':
      return 'INT8';
    case 'int16':
      return 'INT16';
    case 'int32':
      return 'INT32';
    case 'int64':
      return 'INT64';
    case 'float16':
      return 'FP16';
    case 'float32':
      return 'FP32';
    case 'float64':
      return 'FP64';
    case 'string':
      return 'BYTES';
    case 'int4':
    case 'uint4':
      return undefined;
  }
}

/**
 * Gives a tensor as ONNX Runtime takes it, on the same memory where it is aligned.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_TYPE for BF16, and for BYTES that are no UTF-8.
 */
export function toOnnx(name: string, { dataType, shape, bytes }: Tensor): OnnxTensor {
  if (dataType === 'BF16') throw unfit(name, 'wanted FP32 (BF16 widens to it without loss)');
  const { type, view } = onnxTypes[dataType];
  if (view === undefined) return new OnnxTensor('string', textsOf(name, bytes), [...shape]);
  const size = view.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
  const values = new view(aligned.buffer, aligned.byteOffset, aligned.byteLength / size);
  return new OnnxTensor(type, values, [...shape]);
}

/**
 * Gives what ONNX Runtime gave as a tensor, on the same memory.
 * @throws {MeshError} INTERNAL / TENSOR_TYPE for what the mesh can't carry.
 */
export function fromOnnx(name: string, { type, data, dims }: OnnxTensor): Tensor {
  const dataType = dataTypeOf(type);
  if (dataType === undefined) {
    throw new MeshError({
      code: 'INTERNAL',
      reason: 'TENSOR_TYPE',
      message: `the output ${name} is of type ${type}, which the protocol can't carry`,
    });
  }
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : encodeBytesElements(data.map((text) => Buffer.from(String(text), 'utf8')));
  return { dataType, shape: dims, bytes };
}

function textsOf(name: string, bytes: Uint8Array): string[] {
  return decodeBytesElements(name, bytes).map((element, index) => {
    if (isUtf8(element)) return Buffer.from(element).toString('utf8');
    throw unfit(name, `wanted UTF-8, which element ${index} is not: ONNX Runtime has texts only`);
  });
}

function unfit(name: string, what: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_TYPE',
    message: `${what} for ${name}`,
  });
}
