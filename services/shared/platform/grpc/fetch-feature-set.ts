import { createHash } from 'node:crypto';
import { canonicalJson } from '../../compute/canonical-json.ts';
import { computeVersion, type FeatureSetPlan } from '../../compute/plan.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import type { ServiceClient } from './client.ts';

const callMs = durationMs(5_000);

/**
 * Asks the feature service for a feature set, and checks that it is the one.
 * @throws {MeshError} NOT_FOUND / FEATURE_SET_UNKNOWN when it does not serve it; INTERNAL / FEATURE_SET_UNKNOWN when it gives
 * something else, or another version of the arithmetic: then this process is of another release.
 */
export async function fetchFeatureSet(
  feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>,
  featureSetHash: string,
  signal: AbortSignal,
): Promise<FeatureSetPlan> {
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
  return plan;
}

/** As definitions are hashed: the join keys, and what each column means. */
function hashOf({ joinKeys, columns }: FeatureSetPlan): string {
  const content = canonicalJson({ joinKeys, columns: columns.map(({ hash }) => hash) });
  return createHash('sha256').update(content).digest('hex');
}
