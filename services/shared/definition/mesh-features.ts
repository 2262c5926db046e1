import type { DerivedColumn } from '../compute/derived-column.ts';
import { columnsOf, derivedColumnsOf, type Expression, renamed } from '../compute/expression.ts';
import {
  type ColumnPlan,
  computeVersion,
  type FeaturePlan,
  type SourcePlan,
  type ViewPlan,
  viewId,
} from '../compute/plan.ts';
import { windowReachMs } from '../compute/window.ts';
import { canonicalExpression } from './canonical-expression.ts';
import { definitionDuplicate, definitionInvalid } from './definition-error.ts';
import type { DerivedFeatureDefinition } from './derived-feature.ts';
import type { FeatureDefinition } from './feature.ts';
import { expressionText, featureSummary } from './feature-summary.ts';
import type { DerivedFeature, MeshFeature, RequestFeature, ViewFeature } from './mesh.ts';
import { planHash } from './plan-hash.ts';
import type { RequestFeatureDefinition } from './request-feature.ts';

/** What features are compiled from. */
export interface FeatureDefinitions {
  readonly features: Readonly<Record<string, FeatureDefinition>>;
  readonly requestFeatures: Readonly<Record<string, RequestFeatureDefinition>>;
  readonly derivedFeatures: Readonly<Record<string, DerivedFeatureDefinition>>;
}

/** The features of a mesh, compiled. */
export interface CompiledFeatures {
  readonly features: ReadonlyMap<string, MeshFeature>;
  /** All views of all features, each once. */
  readonly views: readonly ViewPlan[];
  /** For each name that an author gave, the names of its features: more than one where it gives several values. */
  readonly namesOf: ReadonlyMap<string, readonly string[]>;
}

/**
 * Compiles all features of a mesh.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the feature and what to do.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_DUPLICATE when a name stands twice.
 */
export function compileFeatures(definitions: FeatureDefinitions): CompiledFeatures {
  const features = new Map<string, MeshFeature>();
  const namesOf = new Map<string, readonly string[]>();
  const add = (name: string, made: readonly MeshFeature[]): void => {
    if (namesOf.has(name)) throw twice(name);
    namesOf.set(
      name,
      made.map((feature) => feature.name),
    );
    for (const feature of made) {
      checkCamel(feature.name, `feature '${feature.name}'`);
      if (features.has(feature.name)) throw twice(feature.name);
      features.set(feature.name, feature);
    }
  };
  for (const [name, definition] of Object.entries(definitions.features)) {
    checkCamel(name, `feature '${name}'`);
    add(
      name,
      definition.compile(name).map((plan) => viewFeature(plan, definition)),
    );
  }
  for (const [name, definition] of Object.entries(definitions.requestFeatures)) {
    add(name, [requestFeatureOf(name, definition)]);
  }
  // Derived features read features that are there by then: one after another, so that they may read each other's forerunners.
  for (const [name, definition] of Object.entries(definitions.derivedFeatures)) {
    add(name, [derivedFeatureOf(name, definition, features)]);
  }
  const plans = [...features.values()].flatMap((feature) =>
    feature.kind === 'view' ? [feature.plan] : [],
  );
  return { features, namesOf, views: viewsOf(plans) };
}

function viewFeature(plan: FeaturePlan, definition: FeatureDefinition): ViewFeature {
  const columns = [...sourceColumns(plan), ...plan.view.by];
  const { name, ...meaning } = plan;
  // The order of by-columns is the order of a key's parts: no value depends on it.
  const view = { source: plan.view.source, by: sortedNames(plan.view.by) };
  const types = definition.entities.flatMap((entity) => entity.keyTypes);
  const entities = definition.entities.flatMap((entity) => entity.keyEntities);
  return {
    kind: 'view',
    name,
    hash: planHash({
      compute: computeVersion,
      source: sourceIdentity(definition.source.plan, columns),
      plan: { ...meaning, view },
    }),
    plan,
    view: viewId(plan.view.source, plan.view.by),
    joinKeys: plan.view.by.map((column, part) => ({
      name: column,
      type: types[part] ?? 'text',
      entity: entities[part] ?? column,
    })),
    entities: definition.entities.map((entity) => entity.name),
    isOnline: definition.isOnline,
    isOffline: definition.isOffline,
    summary: featureSummary(plan, definition.source.plan.columns),
  };
}

function requestFeatureOf(name: string, definition: RequestFeatureDefinition): RequestFeature {
  const plan = definition.compile(name);
  const inputs = columnPlans(definition.source.plan, columnsOf(plan.expression));
  return {
    kind: 'request',
    name,
    hash: planHash({ compute: computeVersion, columns: inputs, expression: plan.expression }),
    plan,
    inputs,
    view: undefined,
    entities: [],
    isOnline: true,
    isOffline: true,
    summary: `${expressionText(plan.expression, inputs)} of the request`,
  };
}

function derivedFeatureOf(
  name: string,
  definition: DerivedFeatureDefinition,
  features: ReadonlyMap<string, MeshFeature>,
): DerivedFeature {
  const subject = `derived feature '${name}'`;
  const plan = definition.compile(name);
  const inputs = columnsOf(plan.expression).map((input): MeshFeature => {
    const feature = features.get(input);
    if (feature === undefined) {
      throw definitionInvalid(
        subject,
        `reads feature '${input}', which the mesh doesn't have; it has ${[...features.keys()].join(', ')}`,
      );
    }
    if (feature.kind === 'derived') {
      throw definitionInvalid(
        subject,
        `reads '${input}', which is derived itself; write it out of the features that '${input}' reads`,
      );
    }
    return feature;
  });
  if (inputs.length === 0) {
    throw definitionInvalid(subject, 'wanted an expression over at least one feature, got none');
  }
  const hashOf = new Map(inputs.map((input) => [input.name, input.hash]));
  const expression = renamed(plan.expression, (column) => hashOf.get(column) ?? column);
  return {
    kind: 'derived',
    name,
    // Inputs by what they mean: their names are no part of it.
    hash: planHash({
      compute: computeVersion,
      expression: canonicalExpression(expression),
      default: plan.default,
    }),
    plan,
    view: undefined,
    entities: [...new Set(inputs.flatMap((input) => input.entities))],
    isOnline: inputs.every((input) => input.isOnline),
    isOffline: inputs.every((input) => input.isOffline),
    summary: `${expressionText(plan.expression, [])} of other features`,
  };
}

/** What of a source the values of a feature depend on; not where its file lies. */
function sourceIdentity(plan: SourcePlan, columns: readonly string[]): unknown {
  const { parquet: _, columns: all, ...identity } = plan;
  return { ...identity, columns: columnPlans({ columns: all }, columns) };
}

function columnPlans(
  { columns }: Pick<SourcePlan, 'columns'>,
  names: readonly string[],
): readonly ColumnPlan[] {
  return columns
    .filter((column) => names.includes(column.name))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function viewsOf(plans: readonly FeaturePlan[]): readonly ViewPlan[] {
  const groups = new Map<string, FeaturePlan[]>();
  for (const plan of plans) {
    const id = viewId(plan.view.source, plan.view.by);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [plan]);
    else group.push(plan);
  }
  return [...groups].flatMap(([id, features]) => {
    const [first] = features;
    return first === undefined ? [] : [viewOf(id, first.view, features)];
  });
}

function viewOf(
  id: string,
  { source, by }: FeaturePlan['view'],
  features: readonly FeaturePlan[],
): ViewPlan {
  const expressions = features.flatMap(expressionsOf);
  const derived = new Map<string, DerivedColumn>();
  for (const column of expressions.flatMap(derivedColumnsOf)) derived.set(column.name, column);
  return {
    id,
    source,
    by,
    columns: sortedNames(expressions.flatMap(columnsOf)),
    derivedColumns: [...derived.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
    features,
    retentionMs: Math.max(...features.map(retentionMs)),
  };
}

/** Columns of the source that a feature reads, by the names that they have there. */
function sourceColumns(plan: FeaturePlan): readonly string[] {
  const expressions = expressionsOf(plan);
  const derived = expressions.flatMap(derivedColumnsOf).map((column) => column.column);
  return [...expressions.flatMap(columnsOf), ...derived];
}

function expressionsOf({ filter, aggregate }: FeaturePlan): readonly Expression[] {
  const value = 'value' in aggregate ? aggregate.value.expression : undefined;
  const other = 'other' in aggregate ? aggregate.other?.expression : undefined;
  return [filter, value, other].filter((part) => part !== undefined);
}

function retentionMs({ window, maxAgeMs = 0 }: FeaturePlan): number {
  const ageMs = maxAgeMs + window.delayMs;
  return window.kind === 'lifetime' ? ageMs : Math.max(windowReachMs(window), ageMs);
}

function sortedNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort((left, right) => (left < right ? -1 : 1));
}

function twice(name: string): Error {
  return definitionDuplicate(`feature '${name}'`, 'two features have this name; rename one');
}

function checkCamel(name: string, subject: string): void {
  if (!/^[a-z][a-zA-Z0-9]{0,63}$/.test(name)) {
    throw definitionInvalid(subject, 'wanted a name in camelCase of at most 64 characters');
  }
}
