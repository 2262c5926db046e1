import { quantizeDecimal } from '../../shared/compute/decimal.ts';
import type { ColumnPlan, FeatureSetPlan } from '../../shared/compute/plan.ts';
import { compileRequestFeatures } from '../../shared/compute/request-features.ts';
import { compileRow, viewColumnsOf } from '../../shared/compute/row.ts';
import type { Mesh, MeshModel } from '../../shared/definition/mesh.ts';
import type { KeyValues } from '../../shared/definition/policy.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { CohortPolicy, KeyMatch } from '../core/cohort.ts';
import type {
  ModelContract,
  RequestInputType,
  RequestValue,
  RowContract,
} from '../core/model-contract.ts';

const inputTypes: Readonly<Record<ColumnPlan['type'], RequestInputType>> = {
  int: 'number',
  decimal: 'number',
  float: 'number',
  text: 'text',
  bool: 'flag',
  timestamp: 'time',
};

/** Gives what the router must know of each model of a mesh, by name. */
export function meshContracts(mesh: Mesh): ReadonlyMap<string, ModelContract> {
  return new Map(Object.values(mesh.models).map((model) => [model.name, contractOf(model)]));
}

function contractOf(model: MeshModel): ModelContract {
  const { featureSet, policy } = model;
  return {
    model: model.name,
    ...rowContract(featureSet),
    rules({ entities, request, features }) {
      const { probability, because } = model.rules({ ...entities, ...request }, features);
      return { outputs: [probability], because };
    },
    policy: {
      modelBudgetMs: durationMs(policy.modelBudgetMs),
      reserveMarginMs: durationMs(policy.reserveMarginMs),
      onModelTimeout: policy.onModelTimeout,
      onModelError: policy.onModelError,
      onMissingFeatures: policy.onMissingFeatures,
      onFallbackError: policy.onFallbackError,
      missingShareMax: policy.missingFeaturesMax,
      shadowRate: policy.shadow.rate,
      reverseShadowRate: policy.shadow.reverseRate,
      cohorts: cohortsOf(model),
    },
  };
}

function cohortsOf({ name: model, featureSet: { joinKeys }, policy }: MeshModel): CohortPolicy {
  const { salt, exclude, pin } = policy.cohorts;
  const matches = (entities: KeyValues): readonly KeyMatch[] =>
    Object.entries(entities).map(([name, values = []]) => ({
      keyIndex: joinKeys.indexOf(name),
      values: new Set(values),
    }));
  return {
    keyIndexes: policy.cohortBy.map((name) => joinKeys.indexOf(name)),
    salt: salt === '' ? model : salt,
    controlShare: policy.control.share,
    controlServes: policy.control.serve,
    excluded: matches(exclude),
    pinned: matches(pin),
  };
}

/** Gives what it takes to make rows of a feature set. */
export function rowContract(featureSet: FeatureSetPlan): RowContract {
  return {
    joinKeys: featureSet.joinKeys,
    requestInputs: featureSet.requestInputs.map(({ name, type }) => ({
      name,
      type: inputTypes[type],
    })),
    featureSetHash: featureSet.hash,
    ...defaultsOf(featureSet),
    requestColumns: featureSet.requestFeatures.map(({ name }) => name),
    computeRequest: requestFunction(featureSet),
    assembleRow: rowFunction(featureSet),
  };
}

function defaultsOf(featureSet: FeatureSetPlan): Pick<RowContract, 'viewColumns' | 'viewDefaults'> {
  const columns = viewColumnsOf(featureSet);
  return {
    viewColumns: columns.map(({ column }) => column.name),
    viewDefaults: Float64Array.from(columns, ({ feature }) => feature.default),
  };
}

function rowFunction(featureSet: FeatureSetPlan): RowContract['assembleRow'] {
  const rows = compileRow(featureSet);
  return (views, requests) => {
    const row = new Float32Array(rows.columns);
    rows.assemble({ views, viewOffset: 0, requests, requestOffset: 0 }, row, 0);
    return row;
  };
}

/** Binds the request features to a record of request values: flags count as 0 and 1, texts as missing. */
function requestFunction(featureSet: FeatureSetPlan): RowContract['computeRequest'] {
  const columns = featureSet.requestInputs;
  const features = compileRequestFeatures(
    featureSet.requestFeatures,
    columns.map(({ name }) => name),
  );
  return (values) => {
    const inputs = columns.map((column) => Float64Array.of(numberOf(column, values[column.name])));
    const computed = new Float64Array(features.names.length);
    features.compute(inputs, 0, computed, 0);
    return computed;
  };
}

/** Gives a value as the columns of a source hold it. */
function numberOf({ type, scale = 0 }: ColumnPlan, value: RequestValue | undefined): number {
  if (typeof value === 'number') return type === 'decimal' ? quantizeDecimal(value, scale) : value;
  return typeof value === 'boolean' ? Number(value) : Number.NaN;
}
