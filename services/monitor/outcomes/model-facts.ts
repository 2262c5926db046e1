import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { Mesh, MeshModel } from '../../shared/definition/mesh.ts';
import { type MonitoringPlan, monitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import type { DecisionPolicy } from '../core/ledger.ts';
import type { StoredPrediction } from '../ports.ts';

/** What outcomes of a model are judged by. */
export interface ModelFacts {
  readonly model: string;
  readonly plan: MonitoringPlan;
  /** Names of the parts of an entity's key, in the order of a prediction's keys. */
  readonly keyNames: readonly string[];
  /** Share of the entities that control was to get, 0 to 1. */
  readonly controlShare: number;
  readonly controlServes: 'rules' | 'previous';
  /** Whoever is drawn into a cohort together. */
  readonly cohortEntity: (keys: readonly string[]) => string;
  /** Whether the policy keeps the entity out of all cohorts. */
  readonly isExcluded: (keys: readonly string[]) => boolean;
  /** What was known of the entity before it was answered; 0 where nothing was. */
  readonly covariate: (prediction: StoredPrediction) => number;
  /** What an answer was worth by the mesh file. */
  readonly worthOf: (score: number, label: number) => number;
}

/** Gives what outcomes are judged by, by model. */
export function modelFacts(
  { models }: Pick<Mesh, 'models'>,
  policies: ReadonlyMap<string, DecisionPolicy>,
): ReadonlyMap<string, ModelFacts> {
  return new Map(
    Object.entries(models).map(([name, model]) => [name, factsOf(name, model, policies.get(name))]),
  );
}

function factsOf(
  name: string,
  model: MeshModel,
  decisions: DecisionPolicy | undefined,
): ModelFacts {
  const { policy, featureSet } = model;
  const keyNames = featureSet?.joinKeys ?? [];
  const plan = policy.monitoring ?? monitoringPlan();
  const cohortKeys = (policy.cohortBy ?? []).map((key) => keyNames.indexOf(key));
  const excluded = Object.entries(policy.cohorts?.exclude ?? {}).map(
    ([key, values = []]) => [keyNames.indexOf(key), new Set(values)] as const,
  );
  return {
    ...{ model: name, plan, keyNames },
    worthOf: (score, label) => decisions?.valueOf(score, label) ?? 0,
    controlShare: policy.control?.share ?? 0,
    controlServes: policy.control?.serve ?? 'rules',
    cohortEntity: (keys) => cohortKeys.map((index) => keys[index] ?? '').join('\u001f'),
    isExcluded: (keys) => excluded.some(([index, values]) => values.has(keys[index] ?? '')),
    covariate: covariateOf(model, plan.lift.covariate),
  };
}

function covariateOf({ featureSet }: MeshModel, name: string): ModelFacts['covariate'] {
  const column =
    name === '' ? -1 : viewColumnsOf(featureSet).findIndex((view) => view.column.name === name);
  if (column < 0) return () => 0;
  return ({ stamp, values }) => {
    const isThere = stamp?.featureSetHash === featureSet.hash && values.length >= 8 * (column + 1);
    const value = isThere ? values.readDoubleLE(8 * column) : 0;
    return Number.isFinite(value) ? value : 0;
  };
}
