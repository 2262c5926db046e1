import type {
  ColumnPlan,
  DerivedFeaturePlan,
  FeaturePlan,
  FeatureSetPlan,
  RequestFeaturePlan,
  SourcePlan,
  ViewPlan,
} from '../compute/plan.ts';
import type { KeyType } from './column.ts';
import type { BusinessValue, Rules } from './model.ts';
import type { PipelinePlan } from './pipeline.ts';
import type { PolicyPlan } from './policy.ts';
import type { ReplayPlan } from './replay.ts';

/** One part of an entity key that a request has to give. */
export interface JoinKey {
  /** Name of the by-column. */
  readonly name: string;
  readonly type: KeyType;
  /** Entity that its values name. */
  readonly entity: string;
}

/** What features are about. */
export interface MeshEntity {
  readonly name: string;
  /** For each part of its key, the name of the entity that it names: the own name for a simple entity. */
  readonly keyEntities: readonly string[];
}

/** What every feature of a mesh has. */
interface AnyMeshFeature {
  readonly name: string;
  /** Hash of what it means, 64 hexadecimal digits: the version of the definition. Its name is no part of it. */
  readonly hash: string;
  /** Id of the view; undefined where no view computes it. */
  readonly view: string | undefined;
  /** Names of its entities; none where no view computes it. */
  readonly entities: readonly string[];
  readonly isOnline: boolean;
  readonly isOffline: boolean;
  /** The definition, for people. */
  readonly summary: string;
}

/** A feature that a view computes from events. */
export interface ViewFeature extends AnyMeshFeature {
  readonly kind: 'view';
  readonly plan: FeaturePlan;
  readonly view: string;
  /** One for each by-column of the view. */
  readonly joinKeys: readonly JoinKey[];
}

/** A feature that is computed from the request alone. */
export interface RequestFeature extends AnyMeshFeature {
  readonly kind: 'request';
  readonly plan: RequestFeaturePlan;
  /** The columns that it reads. */
  readonly inputs: readonly ColumnPlan[];
}

/** A feature that is computed from other features. */
export interface DerivedFeature extends AnyMeshFeature {
  readonly kind: 'derived';
  readonly plan: DerivedFeaturePlan;
}

/** One feature of a mesh. */
export type MeshFeature = ViewFeature | RequestFeature | DerivedFeature;

/** One model of a mesh, compiled. */
export interface MeshModel {
  readonly name: string;
  readonly featureSet: FeatureSetPlan;
  /** In the order of the feature set's join keys. */
  readonly joinKeys: readonly JoinKey[];
  /** What a request gives beside the join keys; the same as in the feature set. */
  readonly requestInputs: readonly ColumnPlan[];
  readonly output: 'probability';
  readonly pipeline: PipelinePlan;
  readonly rules: Rules;
  readonly policy: PolicyPlan;
  readonly businessValue: BusinessValue | undefined;
}

/** A mesh, compiled and frozen: what every service is started with. */
export interface Mesh {
  readonly kind: 'mlmesh/mesh';
  readonly name: string;
  readonly sources: readonly SourcePlan[];
  readonly entities: readonly MeshEntity[];
  /** All views of all features, each once. */
  readonly views: readonly ViewPlan[];
  readonly features: readonly MeshFeature[];
  /** One for each model, in the order of `models`, and one for each feature service. */
  readonly featureSets: readonly FeatureSetPlan[];
  readonly models: Readonly<Record<string, MeshModel>>;
  readonly replay: ReplayPlan | undefined;
}

/** Says whether a value that a mesh file exports is a mesh. */
export function isMesh(value: unknown): value is Mesh {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'mlmesh/mesh'
  );
}
