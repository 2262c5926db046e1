import { join } from 'node:path';
import { openClientTls } from '../../shared/platform/grpc/tls/client-tls.ts';
import { trustedKeyPath } from '../../shared/platform/store/trusted-key.ts';
import { UsageError } from '../exit-code.ts';
import type { FoundMesh } from '../find-mesh.ts';
import { layoutVersion } from '../mesh-record.ts';
import { loadMesh } from '../up/mesh-file.ts';
import { type MeshSettings, readSettings } from './settings.ts';

/** The environment variable that names the settings where no flag does. */
export const settingsVariable = 'MLMESH_SETTINGS';

/**
 * Gives the path of the mesh that settings name.
 * @throws {UsageError} when they name none
 */
export function meshPathOf({ mesh, path }: Pick<MeshSettings, 'mesh' | 'path'>): string {
  if (mesh !== undefined) return mesh;
  throw new UsageError(`wanted a mesh: name it with --mesh <mesh>, or as 'mesh' in ${path}`);
}

/**
 * Gives the mesh whose settings are in a file, as commands see one that runs on this machine. They prove themselves with the certificate that the settings name.
 * @throws {UsageError} when the settings name no mesh
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG, and what loading the mesh says
 */
export async function meshAt(path: string): Promise<FoundMesh> {
  const settings = readSettings(path);
  const { addresses, dataDirectory, options, tls } = settings;
  const loaded = await loadMesh(meshPathOf(settings));
  const trusted = options.prediction?.['trustedKey'] ?? options.router?.['trustedKey'];
  return {
    dataDirectory,
    addresses,
    record: {
      layoutVersion,
      mesh: loaded.mesh.name,
      owner: undefined,
      addresses,
      consoleAddress: addresses.console?.[0],
      meshModule: loaded.save(join(dataDirectory, 'mesh')),
      tlsFolder: undefined,
      hasVirtualClock: false,
      processes: [],
    },
    tls: tls && { settings: tls, client: openClientTls(tls) },
    trustedKey: typeof trusted === 'string' ? trusted : trustedKeyPath(dataDirectory),
  };
}
