import { columnsOf } from '../compute/expression.ts';
import {
  type ColumnPlan,
  computeVersion,
  type FeaturePlan,
  type RequestFeaturePlan,
  type SourcePlan,
  type ViewPlan,
  viewId,
} from '../compute/plan.ts';
import { compileModel } from './compile-model.ts';
import { definitionDuplicate, definitionInvalid } from './definition-error.ts';
import type { EntityDefinition } from './entity.ts';
import type { FeatureDefinition } from './feature.ts';
import { expressionText, featureSummary } from './feature-summary.ts';
import type { Mesh, MeshFeature, MeshModel } from './mesh.ts';
import type { ModelDefinition } from './model.ts';
import { planHash } from './plan-hash.ts';
import type { ReplayPlan } from './replay.ts';
import type { RequestFeatureDefinition } from './request-feature.ts';
import type { SourceDefinition } from './source.ts';

/** All that a mesh is made of. */
export interface MeshOptions {
  /** kebab-case. */
  readonly name: string;
  readonly sources: readonly SourceDefinition[];
  readonly entities: readonly EntityDefinition[];
  readonly features: Readonly<Record<string, FeatureDefinition>>;
  readonly requestFeatures: Readonly<Record<string, RequestFeatureDefinition>>;
  readonly models: Readonly<Record<string, ModelDefinition>>;
  readonly replay?: ReplayPlan;
}

/**
 * Compiles a mesh: each definition becomes a canonical plan with a hash, each model gets its feature set. The result is
 * frozen.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID, naming the definition and what to do.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_DUPLICATE when a name stands twice.
 */
export function defineMesh(options: MeshOptions): Mesh {
  const subject = `mesh '${options.name}'`;
  checkKebab(options.name, subject);
  checkUnique(options.sources, `${subject}, sources`);
  checkUnique(options.entities, `${subject}, entities`);
  const plans = new Map<string, FeaturePlan>();
  for (const [name, definition] of Object.entries(options.features)) {
    checkFeature(name, definition, options);
    plans.set(name, definition.compile(name));
  }
  const views = viewsOf([...plans.values()]);
  const features = new Map<string, MeshFeature>();
  for (const [name, definition] of Object.entries(options.features)) {
    const plan = plans.get(name);
    if (plan !== undefined) features.set(name, viewFeature(plan, definition));
  }
  for (const [name, definition] of Object.entries(options.requestFeatures)) {
    if (features.has(name)) {
      throw definitionDuplicate(
        `request feature '${name}'`,
        'a feature has this name too; rename one',
      );
    }
    checkRequestFeature(name, definition, options);
    features.set(name, requestFeatureOf(definition.compile(name), definition));
  }
  const models: Record<string, MeshModel> = {};
  for (const [name, definition] of Object.entries(options.models)) {
    checkKebab(name, `model '${name}'`);
    models[name] = compileModel(name, definition, {
      definitions: options.features,
      views,
      features,
    });
  }
  checkReplay(options);
  return deepFreeze({
    kind: 'mlmesh/mesh',
    name: options.name,
    sources: options.sources.map((source) => source.plan),
    views,
    features: [...features.values()],
    featureSets: Object.values(models).map((model) => model.featureSet),
    models,
    replay: options.replay,
  });
}

function viewFeature(plan: FeaturePlan, definition: FeatureDefinition): MeshFeature {
  const columns = [...featureColumns(plan), ...plan.view.by];
  return {
    name: plan.name,
    hash: planHash({
      compute: computeVersion,
      source: sourceIdentity(definition.source.plan, columns),
      plan,
    }),
    plan,
    view: viewId(plan.view.source, plan.view.by),
    entities: definition.entities.map((entity) => entity.name),
    isOnline: definition.isOnline,
    isOffline: definition.isOffline,
    summary: featureSummary(plan),
  };
}

function requestFeatureOf(
  plan: RequestFeaturePlan,
  definition: RequestFeatureDefinition,
): MeshFeature {
  const columns = columnsOf(plan.expression);
  return {
    name: plan.name,
    hash: planHash({
      compute: computeVersion,
      columns: columnPlans(definition.source.plan, columns),
      plan,
    }),
    plan,
    view: undefined,
    entities: [],
    isOnline: true,
    isOffline: true,
    summary: `${expressionText(plan.expression)} of the request`,
  };
}

/** What of a source the values of a feature depend on; not where its file lies. */
function sourceIdentity(plan: SourcePlan, columns: readonly string[]): unknown {
  const { name, eventTime, visibleAfterMs, eventId } = plan;
  return { name, eventTime, visibleAfterMs, eventId, columns: columnPlans(plan, columns) };
}

function columnPlans(plan: SourcePlan, names: readonly string[]): readonly ColumnPlan[] {
  return plan.columns
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
    if (first === undefined) return [];
    return [
      {
        id,
        source: first.view.source,
        by: first.view.by,
        columns: [...new Set(features.flatMap(featureColumns))].sort((left, right) =>
          left < right ? -1 : 1,
        ),
        features,
        retentionMs: Math.max(...features.map(retentionMs)),
      },
    ];
  });
}

function featureColumns(plan: FeaturePlan): readonly string[] {
  const { filter, aggregate } = plan;
  return [filter, aggregate.value].flatMap((part) => (part === undefined ? [] : columnsOf(part)));
}

function retentionMs(plan: FeaturePlan): number {
  return Math.max(plan.windowMs === 'lifetime' ? 0 : plan.windowMs, plan.maxAgeMs ?? 0);
}

function checkFeature(name: string, definition: FeatureDefinition, options: MeshOptions): void {
  const subject = `feature '${name}'`;
  checkCamel(name, subject);
  checkSource(definition.source, options, subject);
  for (const entity of definition.entities) {
    if (!options.entities.includes(entity)) {
      throw definitionInvalid(
        subject,
        `is about entity '${entity.name}', which is not among the mesh's entities; add it there`,
      );
    }
  }
}

function checkRequestFeature(
  name: string,
  definition: RequestFeatureDefinition,
  options: MeshOptions,
): void {
  const subject = `request feature '${name}'`;
  checkCamel(name, subject);
  checkSource(definition.source, options, subject);
}

function checkReplay(options: MeshOptions): void {
  const { replay } = options;
  if (replay !== undefined && !options.sources.some(({ name }) => name === replay.source)) {
    throw definitionInvalid(
      'replay',
      `reads source '${replay.source}', which is not among the mesh's sources; add it there`,
    );
  }
}

function checkSource(source: SourceDefinition, options: MeshOptions, subject: string): void {
  if (!options.sources.includes(source)) {
    throw definitionInvalid(
      subject,
      `reads source '${source.name}', which is not among the mesh's sources; add it there`,
    );
  }
}

function checkUnique(items: readonly { readonly name: string }[], subject: string): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name)) throw definitionDuplicate(subject, `'${name}' stands twice; rename one`);
    seen.add(name);
  }
}

function checkCamel(name: string, subject: string): void {
  if (!/^[a-z][a-zA-Z0-9]{0,63}$/.test(name)) {
    throw definitionInvalid(subject, 'wanted a name in camelCase of at most 64 characters');
  }
}

function checkKebab(name: string, subject: string): void {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw definitionInvalid(subject, 'wanted a name in kebab-case of at most 64 characters');
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
