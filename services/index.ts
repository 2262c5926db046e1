export type { Candidate, CandidateAlias } from './shared/definition/candidate.ts';
export { bool, decimal, float, int, text, timestamp } from './shared/definition/column.ts';
export { defineMesh, type MeshOptions } from './shared/definition/define-mesh.ts';
export {
  type DerivedFeatureDefinition,
  derivedFeature,
} from './shared/definition/derived-feature.ts';
export { type EntityDefinition, entity } from './shared/definition/entity.ts';
export { type FeatureDefinition, featuresOf } from './shared/definition/feature.ts';
export type { Mesh, MeshModel } from './shared/definition/mesh.ts';
export {
  type BusinessCase,
  type FeatureValues,
  type ModelDefinition,
  modelsOf,
  type RequestValues,
  type RuleAnswer,
} from './shared/definition/model.ts';

export { type PipelinePlan, pipeline } from './shared/definition/pipeline.ts';
export { type PolicyPlan, policy } from './shared/definition/policy.ts';
export { type ReplayPlan, replay } from './shared/definition/replay.ts';
export {
  type RequestFeatureDefinition,
  requestFeature,
} from './shared/definition/request-feature.ts';
export { type SourceDefinition, source } from './shared/definition/source.ts';
