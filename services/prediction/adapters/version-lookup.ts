import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import type { VersionLookup } from '../ports.ts';
import { parseVersion } from './parse-version.ts';

/** Looks versions up in the registry. */
export function registryLookup(
  registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>,
): VersionLookup {
  return {
    async find(model, version, signal) {
      if (version !== undefined) {
        const { version: found } = await registry.getVersion({ model, version }, { signal });
        if (found !== null) return parseVersion(found);
      }
      const { versions } = await listVersionPages(registry, { model }, { signal });
      const newest = versions.at(-1);
      if (newest !== undefined) return parseVersion(newest);
      throw new MeshError({
        code: 'NOT_FOUND',
        reason: 'MODEL_UNKNOWN',
        message: `the registry has no version of a model ${model}; register one by mlmesh models register`,
      });
    },
  };
}
