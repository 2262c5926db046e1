import {
  type DataTypeMap,
  type Tensor as TfTensor,
  tensor as tfTensor,
} from '@tensorflow/tfjs-core';
import {
  decodeBytesElements,
  encodeBytesElements,
} from '../../shared/compute/tensor/bytes-elements.ts';
import type { DataType } from '../../shared/compute/tensor/data-type.ts';
import type { Tensor } from '../../shared/compute/tensor/tensor.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** How TensorFlow.js names the datatypes that it has. */
const tfTypes: Readonly<Partial<Record<DataType, keyof DataTypeMap>>> = {
  BOOL: 'bool',
  INT32: 'int32',
  FP32: 'float32',
  BYTES: 'string',
};

/** Gives the datatype of what TensorFlow.js calls `type`; undefined for what the mesh can't carry. */
export function dataTypeOfTf(type: string): DataType | undefined {
  switch (type) {
    case 'bool':
      return 'BOOL';
    case 'int32':
      return 'INT32';
    case 'float32':
      return 'FP32';
    case 'string':
      return 'BYTES';
    default:
      return undefined;
  }
}

/**
 * Gives a tensor of TensorFlow.js; whoever takes it disposes it.
 * @throws {MeshError} FAILED_PRECONDITION / TENSOR_TYPE for a datatype that it does not have.
 */
export function toTf(name: string, { dataType, shape, bytes }: Tensor): TfTensor {
  const type = tfTypes[dataType];
  if (type === undefined) throw unfit(name, dataType);
  return tfTensor(valuesOf(name, dataType, bytes), [...shape], type);
}

/**
 * Gives what TensorFlow.js gave as a tensor with memory of its own.
 * @throws {MeshError} FAILED_PRECONDITION / TENSOR_TYPE for what the mesh can't carry.
 */
export async function fromTf(name: string, output: TfTensor): Promise<Tensor> {
  const { shape, dtype } = output;
  const dataType = dataTypeOfTf(dtype);
  if (dataType === undefined) throw unfit(name, dtype);
  if (dataType === 'BYTES') {
    return { dataType, shape, bytes: encodeBytesElements(await output.bytes().then(listOf)) };
  }
  const { buffer, byteOffset, byteLength } = await output.data();
  return { dataType, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function listOf(bytes: Uint8Array | Uint8Array[]): readonly Uint8Array[] {
  return Array.isArray(bytes) ? bytes : [bytes];
}

function valuesOf(name: string, dataType: DataType, bytes: Uint8Array) {
  if (dataType === 'BOOL') return bytes;
  if (dataType === 'BYTES')
    return decodeBytesElements(name, bytes).map((each) => Uint8Array.from(each));
  const { buffer } = Uint8Array.from(bytes);
  return dataType === 'INT32' ? new Int32Array(buffer) : new Float32Array(buffer);
}

function unfit(name: string, type: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_TYPE',
    message: `wanted BOOL, INT32, FP32 or BYTES for ${name}, which are all that TensorFlow.js has, got ${type}`,
  });
}
