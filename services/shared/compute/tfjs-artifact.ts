import { MeshError } from '../kernel/mesh-error.ts';

/** What a tfjs model in one file begins with. */
export const tfjsMagic = 'MLTF0001';
// 16 MiB: topologies of thousands of layers have some.
const headerBytesMax = 1 << 24;

/** Types of weights, with their bytes. */
const typeBytes = { float32: 4, int32: 4, bool: 1 } as const;
/** Types in which weights may be kept smaller than they are, with their bytes. */
const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 } as const;

/** How a weight is kept smaller than it is: tfjs gives value x scale + min, or widens float16. */
export interface TfjsQuantization {
  readonly dtype: keyof typeof quantizedBytes;
  /** Both are there but for float16. */
  readonly scale?: number;
  readonly min?: number;
}

/** One weight of a tfjs layers model; its values follow those of the weight before it. */
export interface TfjsWeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof typeBytes;
  readonly quantization?: TfjsQuantization;
}

/** A tfjs layers model as `io.fromMemory` takes it. */
export interface TfjsArtifact {
  /** Name for people and traces. */
  readonly name: string;
  /** Keras topology as JSON: what stands in `modelTopology` of a model.json. */
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly TfjsWeightSpec[];
  /** Little-endian, in the order of `weightSpecs`. */
  readonly weights: Uint8Array;
}

/**
 * Writes a tfjs layers model into one file: the magic `MLTF0001`, the length of the header as uint32 little-endian, the
 * header (JSON with format, name, modelTopology and weightSpecs), then the bytes of the weights.
 */
export function encodeTfjsArtifact(artifact: TfjsArtifact): Uint8Array {
  const { name, modelTopology, weightSpecs } = artifact;
  const header = Buffer.from(
    JSON.stringify({ format: 'tfjs-layers', name, modelTopology, weightSpecs }),
    'utf8',
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from(tfjsMagic, 'latin1'), length, header, artifact.weights]);
}

/**
 * Reads a tfjs layers model from one file. The weights are a view of `bytes`.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it is not such a file, or its weights have another size than their specs say.
 */
export function decodeTfjsArtifact(bytes: Uint8Array): TfjsArtifact {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerFirst = tfjsMagic.length + 4;
  if (file.length < headerFirst || file.toString('latin1', 0, tfjsMagic.length) !== tfjsMagic) {
    throw corrupt(`wanted a file that begins with ${tfjsMagic}, got ${file.length} other bytes`);
  }
  const headerBytes = file.readUInt32LE(tfjsMagic.length);
  if (headerBytes > headerBytesMax || headerFirst + headerBytes > file.length) {
    throw corrupt(`wanted a header of ${headerBytes} bytes inside ${file.length} bytes`);
  }
  const header = parseHeader(file.toString('utf8', headerFirst, headerFirst + headerBytes));
  const weights = file.subarray(headerFirst + headerBytes);
  const wanted = header.weightSpecs.reduce((sum, spec) => sum + specBytes(spec), 0);
  if (wanted !== weights.length) {
    throw corrupt(`wanted ${wanted} bytes of weights, got ${weights.length}`);
  }
  return { ...header, weights };
}

function specBytes({ shape, dtype, quantization }: TfjsWeightSpec): number {
  const size = quantization ? quantizedBytes[quantization.dtype] : typeBytes[dtype];
  return shape.reduce((product, dimension) => product * dimension, size);
}

function parseHeader(text: string): Omit<TfjsArtifact, 'weights'> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw corrupt('wanted a header of JSON', cause);
  }
  const { format, name, modelTopology, weightSpecs } = recordOf(header) ?? {};
  const topology = recordOf(modelTopology);
  if (format !== 'tfjs-layers' || typeof name !== 'string' || topology === undefined) {
    throw corrupt('wanted a header with format tfjs-layers, a name and a modelTopology');
  }
  if (!Array.isArray(weightSpecs)) throw corrupt('wanted a header with weightSpecs');
  return { name, modelTopology: topology, weightSpecs: weightSpecs.map(parseTfjsWeight) };
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
    throw corrupt('wanted weight specs with a name, a shape and dtype float32, int32 or bool');
  }
  const spec = { name, shape: shape.map(Number), dtype };
  return quantization === undefined
    ? spec
    : { ...spec, quantization: parseQuantization(name, quantization) };
}

function parseQuantization(name: string, value: unknown): TfjsQuantization {
  const { dtype, scale, min } = recordOf(value) ?? {};
  if (isKeyOf(quantizedBytes, dtype)) {
    if (dtype === 'float16') return { dtype };
    if (Number.isFinite(scale) && Number.isFinite(min)) {
      return { dtype, scale: Number(scale), min: Number(min) };
    }
  }
  throw corrupt(
    `wanted uint8 or uint16 with scale and min, or float16, as quantization of ${name}`,
  );
}

function isKeyOf<T extends object>(table: T, key: unknown): key is keyof T {
  return typeof key === 'string' && Object.hasOwn(table, key);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function corrupt(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message, cause });
}
