import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { fetchFeatureSet } from '../../shared/platform/grpc/fetch-feature-set.ts';
import type { RowContract } from '../core/model-contract.ts';
import { rowContract } from './mesh-contracts.ts';

/**
 * Asks the feature service how rows of a feature set are made.
 * @throws {MeshError} as {@link fetchFeatureSet}
 */
export async function fetchRowContract(
  feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>,
  featureSetHash: string,
  signal: AbortSignal,
): Promise<RowContract> {
  return rowContract(await fetchFeatureSet(feature, featureSetHash, signal));
}
