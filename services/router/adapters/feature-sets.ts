import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion, type FeatureSetPlan } from '../../shared/compute/plan.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { RowContract } from '../core/model-contract.ts';
import { rowContract } from './mesh-contracts.ts';

const callMs = durationMs(5_000);

/**
 * Asks the feature service how rows of a feature set are made.
 * @throws {MeshError} NOT_FOUND / FEATURE_SET_UNKNOWN when it does not serve it; INTERNAL / FEATURE_SET_UNKNOWN when it gives
 * something else, or another version of the arithmetic: then this router is of another release.
 */
export async function fetchRowContract(
  feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>,
  featureSetHash: string,
  signal: AbortSignal,
): Promise<RowContract> {
  const found = await feature.getFeatureSet({ featureSetHash }, { timeoutMs: callMs, signal });
  // Written by the feature service of this release, and checked below.
  const plan = JSON.parse(found.planJson) as FeatureSetPlan;
  if (found.computeVersion !== computeVersion || hashOf(plan) !== featureSetHash) {
    throw new MeshError({
      code: 'INTERNAL',
      reason: 'FEATURE_SET_UNKNOWN',
      message: `wanted feature set '${featureSetHash}' of arithmetic version ${computeVersion} from the feature service, got another (version ${found.computeVersion}); run both services out of one release`,
    });
  }
  return rowContract(plan);
}

/** As definitions are hashed: the join keys, and what each column means. */
function hashOf({ joinKeys, columns }: FeatureSetPlan): string {
  const content = canonicalJson({ joinKeys, columns: columns.map(({ hash }) => hash) });
  return createHash('sha256').update(content).digest('hex');
}
