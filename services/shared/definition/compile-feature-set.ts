import { columnsOf } from '../compute/expression.ts';
import type {
  ColumnPlan,
  DerivedFeaturePlan,
  FeatureSetColumn,
  FeatureSetPlan,
  RequestFeaturePlan,
  ViewPlan,
} from '../compute/plan.ts';
import { definitionDuplicate, definitionInvalid } from './definition-error.ts';
import type { JoinKey, MeshFeature } from './mesh.ts';
import type { CompiledFeatures } from './mesh-features.ts';
import { planHash } from './plan-hash.ts';

/** A feature set, and the keys that a request has to name. */
export interface CompiledFeatureSet {
  readonly featureSet: FeatureSetPlan;
  /** In the order of the feature set's join keys. */
  readonly joinKeys: readonly JoinKey[];
}

/** Whose feature set it is. */
export interface FeatureSetOwner {
  readonly name: string;
  /** As errors name it: `model 'flight-delay'`. */
  readonly subject: string;
}

/**
 * Compiles the inputs of a model or a feature service, in their order. A name that gives several features stands for all of them.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when an input is unknown or can't be served.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_DUPLICATE when an input stands twice.
 */
export function compileFeatureSet(
  owner: FeatureSetOwner,
  names: readonly string[],
  compiled: CompiledFeatures,
): CompiledFeatureSet {
  const inputs = inputsOf(owner, names, compiled);
  const read = inputs.flatMap((input) =>
    input.kind === 'derived' ? columnsOf(input.plan.expression) : [],
  );
  const hidden = [...new Set(read)].flatMap((name) => {
    const feature = compiled.features.get(name);
    return feature === undefined || inputs.includes(feature) ? [] : [feature];
  });
  // By what they mean: vectors of one hash hold the same, whatever the features are called.
  hidden.sort((left, right) => (left.hash < right.hash ? -1 : 1));
  const all = [...inputs, ...hidden];
  const views = compiled.views.filter((view) => all.some((input) => input.view === view.id));
  const builder = new ColumnBuilder(views);
  const columns = inputs.map((input) => builder.column(input));
  const hiddenColumns = hidden
    .map((input) => builder.column(input))
    .filter((column) => column.kind === 'view');
  const joinKeys = joinKeysOf(all);
  const joinKeyNames = joinKeys.map((joinKey) => joinKey.name);
  const featureSet: FeatureSetPlan = {
    name: owner.name,
    hash: planHash({
      joinKeys: joinKeyNames,
      columns: columns.map((column) => column.hash),
      // A vector holds them too: where one feature has two names, the columns do not tell whether it stands there twice.
      ...(hiddenColumns.length === 0 ? {} : { hidden: hiddenColumns.map(({ hash }) => hash) }),
    }),
    joinKeys: joinKeyNames,
    views,
    requestFeatures: builder.requestFeatures,
    requestInputs: requestInputsOf(all),
    columns,
    derivedFeatures: builder.derivedFeatures,
    hiddenColumns,
  };
  return { featureSet, joinKeys };
}

/** Turns features into columns, and collects what they are computed from. */
class ColumnBuilder {
  readonly requestFeatures: RequestFeaturePlan[] = [];
  readonly derivedFeatures: DerivedFeaturePlan[] = [];
  readonly #views: readonly ViewPlan[];

  constructor(views: readonly ViewPlan[]) {
    this.#views = views;
  }

  column(feature: MeshFeature): FeatureSetColumn {
    const { name, hash } = feature;
    switch (feature.kind) {
      case 'view': {
        const viewIndex = this.#views.findIndex((view) => view.id === feature.view);
        const features = this.#views[viewIndex]?.features ?? [];
        const featureIndex = features.findIndex((plan) => plan.name === name);
        return { kind: 'view', name, viewIndex, featureIndex, hash };
      }
      case 'request': {
        const requestIndex = this.requestFeatures.push(feature.plan) - 1;
        return { kind: 'request', name, requestIndex, hash };
      }
      case 'derived': {
        const derivedIndex = this.derivedFeatures.push(feature.plan) - 1;
        return { kind: 'derived', name, derivedIndex, hash };
      }
    }
  }
}

function inputsOf(
  { subject }: FeatureSetOwner,
  names: readonly string[],
  { features, namesOf }: CompiledFeatures,
): readonly MeshFeature[] {
  if (names.length === 0) {
    throw definitionInvalid(subject, 'wanted at least one input, got none');
  }
  const expanded = names.flatMap((name) => namesOf.get(name) ?? [name]);
  return expanded.map((input, index) => {
    const feature = features.get(input);
    if (feature === undefined) {
      throw definitionInvalid(
        subject,
        `takes input '${input}', which is not among the mesh's features; add it there or remove it here`,
      );
    }
    if (expanded.indexOf(input) !== index) {
      throw definitionDuplicate(subject, `takes input '${input}' twice; remove one`);
    }
    if (!feature.isOnline || !feature.isOffline) {
      throw definitionInvalid(
        subject,
        `takes input '${input}', which is not both online and offline; it is needed for serving and for training`,
      );
    }
    return feature;
  });
}

/** In the order in which the inputs first need them: the order of the mesh's features is nobody's business. */
function joinKeysOf(inputs: readonly MeshFeature[]): readonly JoinKey[] {
  const joinKeys = new Map<string, JoinKey>();
  for (const input of inputs) {
    for (const joinKey of input.kind === 'view' ? input.joinKeys : []) {
      if (!joinKeys.has(joinKey.name)) joinKeys.set(joinKey.name, joinKey);
    }
  }
  return [...joinKeys.values()];
}

function requestInputsOf(inputs: readonly MeshFeature[]): readonly ColumnPlan[] {
  const columns = new Map<string, ColumnPlan>();
  for (const input of inputs) {
    if (input.kind !== 'request') continue;
    for (const column of input.inputs) columns.set(column.name, column);
  }
  return [...columns.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}
