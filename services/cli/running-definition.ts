import type { Mesh } from '../shared/definition/mesh.ts';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { loadMeshModule } from '../shared/platform/process/load-mesh-module.ts';
import type { FoundMesh } from './find-mesh.ts';

/**
 * Loads the definition that a running mesh was started with.
 * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE while it is starting
 */
export async function runningDefinition({ record }: FoundMesh): Promise<Mesh> {
  if (record.meshModule !== undefined) return await loadMeshModule(record.meshModule);
  throw new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: 'the mesh is still starting; try again in a moment',
  });
}
