import { MeshError } from '../kernel/mesh-error.ts';

const magic = 'MLTF0001';
const headerBytesMax = 1 << 20;
const float32Bytes = 4;

/** One weight of a tfjs layers model; its values follow those of the weight before it. */
export interface TfjsWeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

/** A tfjs layers model as `io.fromMemory` takes it. */
export interface TfjsArtifact {
  /** Name for people and traces. */
  readonly name: string;
  /** Keras topology as JSON: what stands in `modelTopology` of a model.json. */
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly TfjsWeightSpec[];
  /** float32 little-endian, in the order of `weightSpecs`. */
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
  return Buffer.concat([Buffer.from(magic, 'latin1'), length, header, artifact.weights]);
}

/**
 * Reads a tfjs layers model from one file. The weights are a view of `bytes`.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it is not such a file, or its weights have another size than their specs say.
 */
export function decodeTfjsArtifact(bytes: Uint8Array): TfjsArtifact {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerFirst = magic.length + 4;
  if (file.length < headerFirst || file.toString('latin1', 0, magic.length) !== magic) {
    throw corrupt(`wanted a file that begins with ${magic}, got ${file.length} other bytes`);
  }
  const headerBytes = file.readUInt32LE(magic.length);
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

function specBytes(spec: TfjsWeightSpec): number {
  return spec.shape.reduce((product, size) => product * size, float32Bytes);
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
  return { name, modelTopology: topology, weightSpecs: weightSpecs.map(parseSpec) };
}

function parseSpec(value: unknown): TfjsWeightSpec {
  const { name, shape, dtype } = recordOf(value) ?? {};
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (typeof name !== 'string' || dtype !== 'float32' || !isShape) {
    throw corrupt('wanted weight specs with a name, a shape and dtype float32');
  }
  return { name, shape: shape.map(Number), dtype };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function corrupt(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message, cause });
}
