import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { downloadBlob } from '../../shared/platform/grpc/download-blob.ts';
import { fetchFeatureSet } from '../../shared/platform/grpc/fetch-feature-set.ts';
import type { ReferenceSource, VersionReference } from '../ports.ts';

// 2 s: it is asked again, and others wait behind it.
const callMs = durationMs(2_000);

/** Asks the registry for the reference profiles of versions, and the feature service how their rows are made. */
export class RegistryReferences implements ReferenceSource {
  readonly #registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly #feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;

  constructor(
    registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>,
    feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>,
  ) {
    this.#registry = registry;
    this.#feature = feature;
  }

  async find(model: string, version: number, signal: AbortSignal): Promise<VersionReference> {
    const found = await this.#registry.getVersion(
      { model, version },
      { timeoutMs: callMs, signal },
    );
    const provenance = found.version?.provenance;
    return {
      profileDigest: provenance?.referenceProfileDigest ?? '',
      featureSetHash: provenance?.signature?.featureSetHash ?? '',
    };
  }

  profile(digest: string, signal: AbortSignal): Promise<Uint8Array> {
    return downloadBlob({ registry: this.#registry }, digest, signal);
  }

  featureSet(featureSetHash: string, signal: AbortSignal): Promise<FeatureSetPlan> {
    return fetchFeatureSet(this.#feature, featureSetHash, signal);
  }
}
