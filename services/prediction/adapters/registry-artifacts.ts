import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ArtifactSource } from '../ports.ts';

/** Gives the artifacts of the registry. */
export function registryArtifacts(
  registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>,
): ArtifactSource {
  return {
    async *download(digest, signal) {
      for await (const { chunk } of registry.download({ artifactDigest: digest }, { signal })) {
        yield chunk;
      }
    },
  };
}
