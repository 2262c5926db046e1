import {
  checkTfjsWeights,
  corruptTfjs,
  parseTfjsWeight,
  recordOf,
  type TfjsWeightSpec,
} from './tfjs-weights.ts';

/** What a tfjs model in one file begins with. */
export const tfjsMagic = 'MLTF0001';
// 16 MiB: topologies of thousands of layers have some.
const headerBytesMax = 1 << 24;

/** What may stand beside the topology of a graph model: names of its inputs and outputs, and the graph that fills its tables. */
export const tfjsGraphFields = [
  'signature',
  'userDefinedMetadata',
  'modelInitializer',
  'initializerSignature',
] as const;

/** Those of {@link tfjsGraphFields} that a graph model has, as JSON. */
export type TfjsGraph = Readonly<
  Partial<Record<(typeof tfjsGraphFields)[number], Readonly<Record<string, unknown>>>>
>;

/** A tfjs model as `io.fromMemory` takes it. */
export interface TfjsArtifact {
  /** Name for people and traces. */
  readonly name: string;
  /** Topology as JSON: what stands in `modelTopology` of a model.json. */
  readonly modelTopology: Readonly<Record<string, unknown>>;
  /** There for a graph model; a model of layers has none. */
  readonly graph?: TfjsGraph;
  readonly weightSpecs: readonly TfjsWeightSpec[];
  /** Little-endian, in the order of `weightSpecs`. */
  readonly weights: Uint8Array;
}

/**
 * Writes a tfjs model into one file: the magic `MLTF0001`, the length of the header as uint32 little-endian, the header (JSON with
 * format, name, modelTopology, weightSpecs, and the fields of a graph), then the bytes of the weights.
 */
export function encodeTfjsArtifact(artifact: TfjsArtifact): Uint8Array {
  const { name, modelTopology, weightSpecs, graph } = artifact;
  const format = graph === undefined ? 'tfjs-layers' : 'tfjs-graph';
  const header = Buffer.from(
    JSON.stringify({ format, name, modelTopology, weightSpecs, ...graph }),
    'utf8',
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from(tfjsMagic, 'latin1'), length, header, artifact.weights]);
}

/**
 * Reads a tfjs model from one file. The weights are a view of `bytes`.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it is not such a file, or its weights have another size than their specs say.
 */
export function decodeTfjsArtifact(bytes: Uint8Array): TfjsArtifact {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerFirst = tfjsMagic.length + 4;
  if (file.length < headerFirst || file.toString('latin1', 0, tfjsMagic.length) !== tfjsMagic) {
    throw corruptTfjs(
      `wanted a file that begins with ${tfjsMagic}, got ${file.length} other bytes`,
    );
  }
  const headerBytes = file.readUInt32LE(tfjsMagic.length);
  if (headerBytes > headerBytesMax || headerFirst + headerBytes > file.length) {
    throw corruptTfjs(`wanted a header of ${headerBytes} bytes inside ${file.length} bytes`);
  }
  const header = parseHeader(file.toString('utf8', headerFirst, headerFirst + headerBytes));
  const weights = file.subarray(headerFirst + headerBytes);
  checkTfjsWeights(header.weightSpecs, weights);
  return { ...header, weights };
}

function parseHeader(text: string): Omit<TfjsArtifact, 'weights'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corruptTfjs('wanted a header of JSON', cause);
  }
  const header = recordOf(json) ?? {};
  const { format, name, weightSpecs } = header;
  const modelTopology = recordOf(header['modelTopology']);
  const isKnown = format === 'tfjs-layers' || format === 'tfjs-graph';
  if (!isKnown || typeof name !== 'string' || modelTopology === undefined) {
    throw corruptTfjs(
      'wanted a header with format tfjs-layers or tfjs-graph, a name and a modelTopology',
    );
  }
  if (!Array.isArray(weightSpecs)) throw corruptTfjs('wanted a header with weightSpecs');
  const parsed = { name, modelTopology, weightSpecs: weightSpecs.map(parseTfjsWeight) };
  return format === 'tfjs-graph' ? { ...parsed, graph: graphOf(header) } : parsed;
}

/** Gives the fields of a graph model out of a header, or a model.json. */
export function graphOf(json: Readonly<Record<string, unknown>>): TfjsGraph {
  return Object.fromEntries(
    tfjsGraphFields.flatMap((name) => {
      const value = recordOf(json[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
