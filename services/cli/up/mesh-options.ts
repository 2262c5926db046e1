import type { Mesh } from '../../shared/definition/mesh.ts';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import { policyDigest } from '../evidence/policy-digest.ts';

/** Gives the options of a service that the mesh file alone decides. */
export function meshOptions(
  mesh: Mesh,
  /** Of the mesh file: relative paths of sources start there. */
  meshFolder: string,
  service: ProcessName,
): ServiceConfig['options'] {
  if (service === 'feature') return { meshFolder };
  if (service !== 'registry') return {};
  const models = Object.entries(mesh.models);
  const digests = models.map(([name, model]) => [name, policyDigest(model)]);
  const ramps = models.map(([name, { policy }]) => [name, policy.canary]);
  return {
    policyDigests: JSON.stringify(Object.fromEntries(digests)),
    ramps: JSON.stringify(Object.fromEntries(ramps)),
  };
}
