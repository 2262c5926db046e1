export { MeshError } from '../shared/kernel/mesh-error.ts';
export type { TraceContext } from '../shared/kernel/trace-context.ts';
export {
  type ConnectOptions,
  connect,
  type MeshClient,
  type OutcomeInput,
  type PredictInput,
  type Prediction,
  type PredictOptions,
} from './mesh-client.ts';
export type { FeatureInput } from './to-value.ts';
