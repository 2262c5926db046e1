import type { ModelFacts } from '../../services/monitor/outcomes/model-facts.ts';
import { monitoringPlan } from '../../services/shared/definition/monitoring-policy.ts';

/** Gives what outcomes of a model are judged by: one key, a fifth of control that the rules serve, and nothing that a request brings, but for what a test says otherwise. */
export function factsOf(change: Partial<ModelFacts> = {}): ModelFacts {
  return {
    model: 'm',
    plan: monitoringPlan(),
    keyNames: ['entity'],
    controlShare: 0.2,
    controlServes: 'rules',
    cohortEntity: ([entity = '']) => entity,
    isExcluded: () => false,
    covariate: () => 0,
    worthOf: () => 0,
    ...change,
  };
}
