import { MeshError } from '../../kernel/mesh-error.ts';
import { countBytesElements } from './bytes-elements.ts';
import { type DataType, elementBytes } from './data-type.ts';

/** Name, datatype and shape of an input or output of a model. */
export interface TensorSpec {
  readonly name: string;
  readonly dataType: DataType;
  /** Dimensions in order; -1 is any size. No dimension at all is a scalar. */
  readonly shape: readonly number[];
}

/** Values of one tensor as the wire carries them. */
export interface Tensor {
  readonly dataType: DataType;
  /** Dimensions, each from 0. */
  readonly shape: readonly number[];
  /** Row-major and little-endian; an element of BYTES is its length as uint32 and then so many bytes. Aligned or not. */
  readonly bytes: Uint8Array;
}

/** Rows of one call at most, whatever a model is registered with: the largest that the prediction service joins. */
export const batchRowsMaxMax = 65_536;

// The largest number of dimensions of numpy, which every client of the protocol is bound by.
const dimensionsMax = 64;

/**
 * Gives the elements that a shape holds; a scalar holds one.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_SHAPE for more than 64 dimensions, for one that is no whole number from 0, and
 * for a product above 2^53.
 */
export function elementCount(name: string, shape: readonly number[]): number {
  if (shape.length > dimensionsMax) {
    throw shapeError(`wanted at most ${dimensionsMax} dimensions for ${name}, got ${shape.length}`);
  }
  let count = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      throw shapeError(`wanted whole dimensions from 0 for ${name}, got ${dimension}`);
    }
    count *= dimension;
  }
  if (!Number.isSafeInteger(count)) {
    throw shapeError(`the shape of ${name}, [${shape.join(', ')}], holds more than any message`);
  }
  return count;
}

/**
 * Checks that a tensor is what a model takes: datatype, dimensions, and as many bytes as they say.
 * @throws {MeshError} INVALID_ARGUMENT / TENSOR_TYPE, TENSOR_SHAPE or TENSOR_SIZE.
 */
export function checkTensor(spec: TensorSpec, tensor: Tensor): void {
  const { name } = spec;
  if (tensor.dataType !== spec.dataType) {
    throw invalid('TENSOR_TYPE', `wanted ${spec.dataType} for ${name}, got ${tensor.dataType}`);
  }
  const elements = elementCount(name, tensor.shape);
  const isFitting =
    tensor.shape.length === spec.shape.length &&
    spec.shape.every((wanted, at) => wanted === -1 || wanted === tensor.shape[at]);
  if (!isFitting) {
    throw shapeError(
      `wanted [${spec.shape.join(', ')}] for ${name} (-1 is any size), got [${tensor.shape.join(', ')}]`,
    );
  }
  checkSize(name, tensor, elements);
}

function checkSize(name: string, { dataType, shape, bytes }: Tensor, elements: number): void {
  const size = elementBytes[dataType];
  if (size === undefined) {
    const got = countBytesElements(name, bytes);
    if (got === elements) return;
    throw invalid(
      'TENSOR_SIZE',
      `wanted ${elements} elements of BYTES for ${name} [${shape.join(', ')}], got ${got}`,
    );
  }
  if (bytes.length === elements * size) return;
  throw invalid(
    'TENSOR_SIZE',
    `wanted ${elements * size} bytes for ${name} (${dataType} [${shape.join(', ')}]), got ${bytes.length}`,
  );
}

function shapeError(message: string): MeshError {
  return invalid('TENSOR_SHAPE', message);
}

function invalid(reason: 'TENSOR_TYPE' | 'TENSOR_SHAPE' | 'TENSOR_SIZE', message: string) {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason, message });
}
