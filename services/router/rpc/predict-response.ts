import type { PredictResponse } from '../../gen/mlmesh/router/v1/PredictResponse.ts';
import type { Answered } from '../predict/router.ts';

/** Gives an answer in the form of the wire. */
export function toPredictResponse({
  result,
  traceId,
  atMs,
  defaulted,
  featureSetHash,
}: Answered): PredictResponse {
  const { features, routing } = result;
  return {
    predictionId: result.predictionId,
    outputs: Array.from(result.outputs),
    tier: `TIER_${result.tier}`,
    version: result.version,
    skipped: result.skipped.map(({ tier, version, reason }) => ({
      tier: `TIER_${tier}` as const,
      version,
      reason,
    })),
    stamp: features === undefined ? null : { atMs, logOffset: features.logOffset, featureSetHash },
    defaultedFeatures: [...defaulted],
    traceId,
    latency: {
      totalMs: result.totalMs,
      featuresMs: result.featuresMs,
      modelMs: result.modelMs,
      fallbackMs: result.fallbackMs,
      admissionMs: result.admissionMs,
      budgetMs: result.budgetMs,
    },
    role: `ROLE_${result.role}`,
    because: result.because,
    generation: routing.productionGeneration,
  };
}
