import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { WantedInputs } from '../parse-assignments.ts';
import type { MeshConnection } from './connect-mesh.ts';

/**
 * Asks the router what a model wants to be asked with.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN
 */
export async function wantedInputs(
  mesh: MeshConnection,
  model: string,
  signal: AbortSignal,
): Promise<WantedInputs> {
  const { models } = await mesh.router.getRouting({ model: '' }, { signal });
  const routing = models.find((candidate) => candidate.model === model);
  if (routing === undefined) {
    const names = models.map((known) => known.model).join(', ') || 'none yet';
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'MODEL_UNKNOWN',
      message: `wanted a model of this mesh (${names}), got '${model}'`,
    });
  }
  return { model, joinKeys: routing.joinKeys, requestFeatures: routing.requestFeatures };
}
