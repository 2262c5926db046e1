import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { MeshConnection } from './connect-mesh.ts';

/**
 * Gives the names of the numbers that a version gives for one row, in order: `name` for an output of one column, `name_0`, `name_1` ... for one of several.
 * @throws {MeshError} FAILED_PRECONDITION / MODEL_NOT_READY when the version is 0: nobody serves the model
 */
export async function outputNames(
  mesh: MeshConnection,
  { model, version }: { readonly model: string; readonly version: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (version === 0) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'MODEL_NOT_READY',
      message: `nobody serves model '${model}', so nothing says what it gives; train it with \`mlmesh train ${model}\` or register a version`,
    });
  }
  const found = await mesh.registry.getVersion({ model, version }, { signal });
  const outputs = found.version?.provenance?.signature?.outputs ?? [];
  return outputs.flatMap(({ name, shape }) => {
    const columns = shape.slice(1).reduce((product, size) => product * Math.max(1, size), 1);
    return columns === 1 ? [name] : Array.from({ length: columns }, (_, at) => `${name}_${at}`);
  });
}
