import type { FeatureSetPlan } from '../compute/plan.ts';
import { compileFeatureSet } from './compile-feature-set.ts';
import { compileModel } from './compile-model.ts';
import { definitionDuplicate, definitionInvalid } from './definition-error.ts';
import type { DerivedFeatureDefinition } from './derived-feature.ts';
import type { EntityDefinition } from './entity.ts';
import type { FeatureDefinition } from './feature.ts';
import type { Mesh, MeshModel } from './mesh.ts';
import { type CompiledFeatures, compileFeatures } from './mesh-features.ts';
import type { ModelDefinition } from './model.ts';
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
  readonly requestFeatures?: Readonly<Record<string, RequestFeatureDefinition>>;
  /** Features that are computed from other features. */
  readonly derivedFeatures?: Readonly<Record<string, DerivedFeatureDefinition>>;
  /** Names of features in the order in which a caller gets them, by the name of the service; a model has its own by its name. */
  readonly featureServices?: Readonly<Record<string, readonly string[]>>;
  readonly models?: Readonly<Record<string, ModelDefinition>>;
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
  for (const [name, definition] of Object.entries(options.features)) {
    checkFeature(name, definition, options);
  }
  for (const [name, definition] of Object.entries(options.requestFeatures ?? {})) {
    checkSource(definition.source, options, `request feature '${name}'`);
  }
  const compiled = compileFeatures({
    features: options.features,
    requestFeatures: options.requestFeatures ?? {},
    derivedFeatures: options.derivedFeatures ?? {},
  });
  const models: Record<string, MeshModel> = {};
  for (const [name, definition] of Object.entries(options.models ?? {})) {
    checkKebab(name, `model '${name}'`);
    models[name] = compileModel(name, definition, compiled);
  }
  checkReplay(options);
  return deepFreeze({
    kind: 'mlmesh/mesh',
    name: options.name,
    sources: options.sources.map((source) => source.plan),
    entities: options.entities.map(({ name, keyEntities }) => ({ name, keyEntities })),
    views: compiled.views,
    features: [...compiled.features.values()],
    featureSets: [
      ...Object.values(models).map((model) => model.featureSet),
      ...featureServices(options, compiled),
    ],
    models,
    replay: options.replay,
  });
}

function featureServices(
  { featureServices: services = {}, models = {} }: MeshOptions,
  compiled: CompiledFeatures,
): readonly FeatureSetPlan[] {
  return Object.entries(services).map(([name, inputs]) => {
    const subject = `feature service '${name}'`;
    checkKebab(name, subject);
    if (Object.hasOwn(models, name)) {
      throw definitionDuplicate(subject, 'a model has this name too; rename one');
    }
    return compileFeatureSet({ name, subject }, inputs, compiled).featureSet;
  });
}

function checkFeature(name: string, definition: FeatureDefinition, options: MeshOptions): void {
  const subject = `feature '${name}'`;
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
