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
import { dataTypeOfTf } from '../../shared/compute/tensor/tf-data-type.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** How TensorFlow.js names the datatypes that it has; INT64 and UINT8 are its INT32 until its native binding gives them to a SavedModel. */
const tfTypes: Readonly<Partial<Record<DataType, keyof DataTypeMap>>> = {
  BOOL: 'bool',
  UINT8: 'int32',
  INT32: 'int32',
  INT64: 'int32',
  FP32: 'float32',
  BYTES: 'string',
};

/**
 * Gives a tensor of TensorFlow.js; whoever takes it disposes it.
 * @throws {MeshError} FAILED_PRECONDITION / TENSOR_TYPE for a datatype that it does not have; INVALID_ARGUMENT / TENSOR_TYPE for a value
 * of INT64 that is not in [0, 2^32)
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
  const values: ArrayBufferView = await output.data();
  const { buffer, byteOffset, byteLength } = values;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  // The native binding calls whole numbers of 64 bits int32, and gives them as what they are.
  return { dataType: values instanceof BigInt64Array ? 'INT64' : dataType, shape, bytes };
}

function listOf(bytes: Uint8Array | Uint8Array[]): readonly Uint8Array[] {
  return Array.isArray(bytes) ? bytes : [bytes];
}

function valuesOf(name: string, dataType: DataType, bytes: Uint8Array) {
  if (dataType === 'BOOL') return bytes;
  if (dataType === 'BYTES')
    return decodeBytesElements(name, bytes).map((each) => Uint8Array.from(each));
  if (dataType === 'UINT8') return Int32Array.from(bytes);
  const { buffer } = Uint8Array.from(bytes);
  if (dataType === 'INT64') return lowerBits(name, new BigInt64Array(buffer));
  return dataType === 'INT32' ? new Int32Array(buffer) : new Float32Array(buffer);
}

/** The native binding takes INT64 as its lower 32 bits, and fills the upper ones with zeros. */
function lowerBits(name: string, values: BigInt64Array): Int32Array {
  const wide = values.find((value) => value < 0n || value >= 2n ** 32n);
  if (wide === undefined)
    return Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value)));
  throw new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'TENSOR_TYPE',
    message: `wanted values from 0 to 2^32 - 1 for ${name}, got ${wide}: TensorFlow's binding for Node takes no other INT64; cast an INT32 in the signature`,
  });
}

function unfit(name: string, type: string): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'TENSOR_TYPE',
    message: `wanted BOOL, UINT8, INT32, INT64, FP32 or BYTES for ${name}, which are all that TensorFlow.js carries, got ${type}`,
  });
}
