import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { FoundMesh } from './find-mesh.ts';
import type { TrainingPlace } from './train-model.ts';

/**
 * Gives a running mesh as a training job needs it.
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE while it is starting
 */
export function trainingPlace({ addresses, dataDirectory, record, tls }: FoundMesh): TrainingPlace {
  const { meshModule } = record;
  if (meshModule !== undefined) return { addresses, dataDirectory, meshModule, tls };
  throw new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: `the mesh in ${dataDirectory} is still starting; try again in a moment`,
  });
}
