import type { ModelRouting as WireRouting } from '../../gen/mlmesh/router/v1/ModelRouting.ts';
import type { ServedModel } from '../predict/router.ts';

/** Gives the routing of a model in the form of the wire. */
export function toModelRouting({ contract, routing, reserveMs }: ServedModel): WireRouting {
  const { shadowRate, reverseShadowRate, cohorts } = contract.policy;
  return {
    model: contract.model,
    productionVersion: routing.productionVersion,
    productionGeneration: routing.productionGeneration,
    shadowVersions: [...routing.shadowVersions],
    fallbackVersion: routing.fallbackVersion,
    joinKeys: [...contract.joinKeys],
    requestFeatures: Object.fromEntries(
      contract.requestInputs.map(({ name, type }) => [name, type]),
    ),
    modelBudgetMs: contract.policy.modelBudgetMs,
    reserveMs,
    canaryVersion: routing.canaryVersion,
    canaryShare: routing.canaryShare,
    isCanaryHeld: routing.isCanaryHeld,
    controlShare: cohorts.controlShare,
    controlServes: cohorts.controlServes,
    isShadowPaused: routing.isShadowPaused,
    shadowRate,
    reverseShadowVersion: routing.reverseVersion,
    reverseShadowRate,
    trafficGeneration: routing.trafficGeneration,
  };
}
