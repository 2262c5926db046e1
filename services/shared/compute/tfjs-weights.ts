import { MeshError } from '../kernel/mesh-error.ts';

/** Types of weights, with the bytes of an element; a text has those that it says. */
const typeBytes = { float32: 4, int32: 4, bool: 1, string: undefined } as const;
/** Types in which weights may be kept smaller than they are, with their bytes. */
const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 } as const;
const lengthBytes = 4;

/** How a weight is kept smaller than it is: tfjs gives value x scale + min, or widens float16. */
export interface TfjsQuantization {
  readonly dtype: keyof typeof quantizedBytes;
  /** Both are there but for float16. */
  readonly scale?: number;
  readonly min?: number;
}

/** One weight of a tfjs model; its values follow those of the weight before it. */
export interface TfjsWeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof typeBytes;
  readonly quantization?: TfjsQuantization;
}

/**
 * Reads what a header, or the manifest of a model.json, says of one weight.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
 */
export function parseTfjsWeight(value: unknown): TfjsWeightSpec {
  const { name, shape, dtype, quantization } = recordOf(value) ?? {};
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (typeof name !== 'string' || !isKeyOf(typeBytes, dtype) || !isShape) {
    throw corruptTfjs(
      'wanted weight specs with a name, a shape and dtype float32, int32, bool or string',
    );
  }
  const spec = { name, shape: shape.map(Number), dtype };
  return quantization === undefined
    ? spec
    : { ...spec, quantization: parseQuantization(name, quantization) };
}

/**
 * Checks that weights have as many bytes as their specs say.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT
 */
export function checkTfjsWeights(specs: readonly TfjsWeightSpec[], weights: Uint8Array): void {
  const end = specs.reduce((offset, spec) => offset + weightBytes(spec, weights, offset), 0);
  if (end !== weights.length) {
    throw corruptTfjs(`wanted ${end} bytes of weights, got ${weights.length}`);
  }
}

function weightBytes(
  { shape, dtype, quantization }: TfjsWeightSpec,
  weights: Uint8Array,
  first: number,
): number {
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  const size = quantization ? quantizedBytes[quantization.dtype] : typeBytes[dtype];
  return size === undefined ? textBytes(elements, weights, first) : elements * size;
}

/** A text is its length as uint32, little-endian, and then its bytes. */
function textBytes(texts: number, weights: Uint8Array, first: number): number {
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength);
  let at = first;
  for (let text = 0; text < texts; text += 1) {
    if (at + lengthBytes > weights.length) throw corruptTfjs(`wanted ${texts} texts, got ${text}`);
    at += lengthBytes + view.getUint32(at, true);
  }
  return at - first;
}

function parseQuantization(name: string, value: unknown): TfjsQuantization {
  const { dtype, scale, min } = recordOf(value) ?? {};
  if (isKeyOf(quantizedBytes, dtype)) {
    if (dtype === 'float16') return { dtype };
    if (Number.isFinite(scale) && Number.isFinite(min)) {
      return { dtype, scale: Number(scale), min: Number(min) };
    }
  }
  throw corruptTfjs(
    `wanted uint8 or uint16 with scale and min, or float16, as quantization of ${name}`,
  );
}

function isKeyOf<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

/** Gives a JSON object as what it may be; undefined for anything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** Gives DATA_LOSS / ARTIFACT_CORRUPT. */
export function corruptTfjs(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message, cause });
}
