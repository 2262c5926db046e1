import type {
  ColumnPlan,
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

/** One feature of a mesh. */
export interface MeshFeature {
  readonly name: string;
  /** Hash of the definition, 64 hexadecimal digits. */
  readonly hash: string;
  readonly plan: FeaturePlan | RequestFeaturePlan;
  /** Id of the view; undefined for a request feature. */
  readonly view: string | undefined;
  /** Names of its entities; none for a request feature. */
  readonly entities: readonly string[];
  readonly isOnline: boolean;
  readonly isOffline: boolean;
  /** The definition, for people. */
  readonly summary: string;
}

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
  /** All views of all features, each once. */
  readonly views: readonly ViewPlan[];
  readonly features: readonly MeshFeature[];
  /** One for each model, in the order of `models`. */
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
