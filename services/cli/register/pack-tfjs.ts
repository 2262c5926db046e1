import { encodeTfjsArtifact, graphOf, type TfjsGraph } from '../../shared/compute/tfjs-artifact.ts';
import { parseTfjsWeight } from '../../shared/compute/tfjs-weights.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/**
 * Packs a tfjs model, of layers or a graph, into the one file of the mesh: equal files give equal bytes. `read` gives a shard by its name.
 * @param index bytes of its model.json
 * @throws {MeshError} INVALID_ARGUMENT / ARTIFACT_UNSUPPORTED for what is no such model; DATA_LOSS / ARTIFACT_CORRUPT
 */
export async function packTfjs(
  index: Uint8Array,
  read: (name: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { modelTopology, weightsManifest, graph } = parseIndex(index);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights.map(parseTfjsWeight));
  const shards: Uint8Array[] = [];
  for (const { paths } of weightsManifest) {
    for (const path of paths) shards.push(await read(shardName(path)));
  }
  const weights = Buffer.concat(shards);
  const model = { name: 'model', modelTopology, weightSpecs, weights };
  return encodeTfjsArtifact(graph === undefined ? model : { ...model, graph });
}

interface TfjsIndex {
  /** There for a graph model. */
  readonly graph: TfjsGraph | undefined;
  readonly modelTopology: Readonly<Record<string, unknown>>;
  readonly weightsManifest: readonly {
    readonly paths: readonly unknown[];
    readonly weights: readonly unknown[];
  }[];
}

function parseIndex(bytes: Uint8Array): TfjsIndex {
  let index: unknown;
  try {
    index = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw unsupported('a model.json that is no JSON', cause);
  }
  const fields = fieldsOf(index);
  const { format, modelTopology, weightsManifest } = fields;
  const topology = fieldsOf(modelTopology);
  const isGraph = format === 'graph-model' || 'node' in topology;
  if (!(isGraph || 'model_config' in topology || 'class_name' in topology)) {
    throw unsupported('a model.json without the topology of layers or the nodes of a graph');
  }
  if (!Array.isArray(weightsManifest)) throw unsupported('a model.json without weightsManifest');
  return {
    modelTopology: topology,
    graph: isGraph ? graphOf(fields) : undefined,
    weightsManifest: weightsManifest.map((group: unknown) => {
      const { paths, weights } = fieldsOf(group);
      if (Array.isArray(paths) && Array.isArray(weights)) return { paths, weights };
      throw unsupported('a weightsManifest with a group that has no paths or no weights');
    }),
  };
}

/** A shard lies beside its model.json: a path that leads elsewhere would read what nobody named. */
function shardName(path: unknown): string {
  if (typeof path === 'string' && /^[^/\\]+$/.test(path) && path !== '..') return path;
  throw unsupported(`a weightsManifest that names ${JSON.stringify(path)} outside of its folder`);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isFields ? { ...value } : {};
}

function unsupported(got: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'ARTIFACT_UNSUPPORTED',
    message: `wanted a tfjs model, got ${got}`,
    cause,
  });
}
