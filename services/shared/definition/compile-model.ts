import { columnsOf } from '../compute/expression.ts';
import type {
  ColumnPlan,
  FeatureSetColumn,
  FeatureSetPlan,
  RequestFeaturePlan,
  ViewPlan,
} from '../compute/plan.ts';
import { definitionDuplicate, definitionInvalid } from './definition-error.ts';
import type { FeatureDefinition } from './feature.ts';
import type { JoinKey, MeshFeature, MeshModel } from './mesh.ts';
import type { ModelDefinition } from './model.ts';
import { planHash } from './plan-hash.ts';

/** What models are compiled from: the mesh's features, by name, with their views. */
export interface Catalog {
  readonly definitions: Readonly<Record<string, FeatureDefinition>>;
  readonly views: readonly ViewPlan[];
  readonly features: ReadonlyMap<string, MeshFeature>;
}

/**
 * Gives a model with its feature set.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when an input is unknown or can't be served.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_DUPLICATE when an input stands twice.
 */
export function compileModel(
  name: string,
  definition: ModelDefinition,
  catalog: Catalog,
): MeshModel {
  const subject = `model '${name}'`;
  const inputs = inputsOf(definition, catalog, subject);
  const views = catalog.views.filter((view) => inputs.some((input) => input.view === view.id));
  const joinKeys = joinKeysOf(inputs, views, catalog);
  checkSources(definition, inputs, { joinKeys, subject });
  const featureSet = featureSetOf(name, inputs, { definition, views, joinKeys });
  for (const key of definition.policy.cohortBy) {
    if (!joinKeys.some((joinKey) => joinKey.name === key)) {
      throw definitionInvalid(
        subject,
        `policy.cohortBy names '${key}', which is no join key; those are ${joinKeys.map((joinKey) => joinKey.name).join(', ')}`,
      );
    }
  }
  return {
    name,
    featureSet,
    joinKeys,
    requestInputs: featureSet.requestInputs,
    output: definition.output,
    pipeline: definition.pipeline,
    rules: definition.rules,
    policy: definition.policy,
    businessValue: definition.businessValue,
  };
}

function inputsOf(
  definition: ModelDefinition,
  catalog: Catalog,
  subject: string,
): readonly MeshFeature[] {
  if (definition.inputs.length === 0) {
    throw definitionInvalid(subject, 'wanted at least one input, got none');
  }
  return definition.inputs.map((input, index) => {
    const feature = catalog.features.get(input);
    if (feature === undefined) {
      throw definitionInvalid(
        subject,
        `takes input '${input}', which is not among the mesh's features; add it there or remove it here`,
      );
    }
    if (definition.inputs.indexOf(input) !== index) {
      throw definitionDuplicate(subject, `takes input '${input}' twice; remove one`);
    }
    if (!feature.isOnline || !feature.isOffline) {
      throw definitionInvalid(
        subject,
        `takes input '${input}', which is not both online and offline; a model needs it for serving and for training`,
      );
    }
    return feature;
  });
}

function joinKeysOf(
  inputs: readonly MeshFeature[],
  views: readonly ViewPlan[],
  catalog: Catalog,
): readonly JoinKey[] {
  const joinKeys = new Map<string, JoinKey>();
  for (const view of views) {
    const input = inputs.find((feature) => feature.view === view.id);
    const entities = catalog.definitions[input?.name ?? '']?.entities ?? [];
    const types = entities.flatMap((entity) => entity.keyTypes);
    const names = entities.flatMap((entity) => entity.keyEntities);
    view.by.forEach((name, part) => {
      const type = types[part] ?? 'text';
      if (!joinKeys.has(name)) joinKeys.set(name, { name, type, entity: names[part] ?? name });
    });
  }
  return [...joinKeys.values()];
}

interface Shape {
  readonly definition: ModelDefinition;
  readonly views: readonly ViewPlan[];
  readonly joinKeys: readonly JoinKey[];
}

function featureSetOf(
  name: string,
  inputs: readonly MeshFeature[],
  { definition, views, joinKeys }: Shape,
): FeatureSetPlan {
  const requestFeatures: RequestFeaturePlan[] = [];
  const columns = inputs.map((input): FeatureSetColumn => {
    if ('expression' in input.plan) {
      const requestIndex = requestFeatures.push(input.plan) - 1;
      return { kind: 'request', name: input.name, requestIndex, hash: input.hash };
    }
    const viewIndex = views.findIndex((view) => view.id === input.view);
    const featureIndex =
      views[viewIndex]?.features.findIndex((feature) => feature.name === input.name) ?? -1;
    return { kind: 'view', name: input.name, viewIndex, featureIndex, hash: input.hash };
  });
  const joinKeyNames = joinKeys.map((joinKey) => joinKey.name);
  return {
    name,
    hash: planHash({ joinKeys: joinKeyNames, columns: inputs.map((input) => input.hash) }),
    joinKeys: joinKeyNames,
    views,
    requestFeatures,
    requestInputs: requestInputsOf(definition, requestFeatures),
    columns,
  };
}

function requestInputsOf(
  definition: ModelDefinition,
  requestFeatures: readonly RequestFeaturePlan[],
): readonly ColumnPlan[] {
  const names = new Set(requestFeatures.flatMap((plan) => columnsOf(plan.expression)));
  return definition.examples.plan.columns
    .filter((column) => names.has(column.name))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

interface Requirements {
  readonly joinKeys: readonly JoinKey[];
  readonly subject: string;
}

/** Training takes join keys and request inputs from the examples: they have to have them, with the same types. */
function checkSources(
  definition: ModelDefinition,
  inputs: readonly MeshFeature[],
  { joinKeys, subject }: Requirements,
): void {
  const { examples, pipeline } = definition;
  if (pipeline.examples !== examples.name) {
    throw definitionInvalid(
      subject,
      `is defined over examples of '${examples.name}', its pipeline over '${pipeline.examples}'; make them one`,
    );
  }
  for (const { name, type } of joinKeys) {
    if (examples.columns[name]?.type !== type) {
      throw definitionInvalid(
        subject,
        `needs a column '${name}' of type ${type} in source '${examples.name}', since a feature is kept by it`,
      );
    }
  }
  for (const input of inputs) {
    if (!('expression' in input.plan)) continue;
    for (const column of columnsOf(input.plan.expression)) {
      if (examples.columns[column] === undefined) {
        throw definitionInvalid(
          subject,
          `needs a column '${column}' in source '${examples.name}', since request feature '${input.name}' reads it`,
        );
      }
    }
  }
}
