import { join } from 'node:path';
import {
  type MeshAddresses,
  type Replica,
  replicasOf,
} from '../../shared/platform/process/mesh-addresses.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';

/** Name of the file in a data directory that tells a Prometheus what to read. */
export const targetsFile = 'metrics-targets.json';

/** A mesh and where the metrics of each of its replicas are. */
export interface MeasuredMesh {
  readonly mesh: { readonly name: string };
  readonly dataDirectory: { readonly path: string };
  readonly metricsAddresses: MeshAddresses;
}

/** Writes what a Prometheus is to read, in the form of its `file_sd_configs`; one that runs takes up changes by itself. */
export function writeTargets(
  { mesh, dataDirectory, metricsAddresses }: MeasuredMesh,
  replicas: readonly Replica[],
): void {
  const groups = replicas.map(({ service, number }) => ({
    targets: [metricsAddresses[service][number - 1] ?? metricsAddresses[service][0]],
    labels: { mesh: mesh.name, service, replica: String(number) },
  }));
  const path = join(dataDirectory.path, targetsFile);
  replaceFile(path, `${JSON.stringify(groups, undefined, 2)}\n`);
}

/** Gives the line that says where the metrics are. */
export function metricsLine(metricsAddresses: MeshAddresses, dataDirectory: string): string {
  const others = replicasOf(metricsAddresses).length - 1;
  const first = `http://${metricsAddresses.router[0]}/metrics`;
  return `metrics: ${first} and ${others} more, listed for Prometheus in ${join(dataDirectory, targetsFile)}`;
}
