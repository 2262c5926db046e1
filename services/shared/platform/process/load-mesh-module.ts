import { pathToFileURL } from 'node:url';
import { isMesh, type Mesh } from '../../definition/mesh.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';

/**
 * Loads the mesh that a bundled module exports as `mesh`.
 * @param path absolute, as `meshModule` of a service's configuration has it
 * @throws {MeshError} INVALID_ARGUMENT / MESH_FILE_INVALID when it can't be imported or exports no mesh.
 */
export async function loadMeshModule(path: string): Promise<Mesh> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = { ...(await import(pathToFileURL(path).href)) };
  } catch (error) {
    throw invalid(`wanted to import the mesh module ${path}: ${messageOf(error)}`, error);
  }
  const mesh = exported['mesh'];
  if (isMesh(mesh)) return mesh;
  throw invalid(`wanted an export \`mesh\` made by defineMesh in ${path}`);
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: 'INVALID_ARGUMENT', reason: 'MESH_FILE_INVALID', message, cause });
}
