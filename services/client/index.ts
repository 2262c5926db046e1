export { MeshError } from '../shared/kernel/mesh-error.ts';
export type { TraceContext } from '../shared/kernel/trace-context.ts';
export type { ClientTlsOptions } from '../shared/platform/grpc/tls/client-tls.ts';
export {
  type ConnectOptions,
  connect,
  type MeshClient,
  type OutcomeInput,
  type PredictInput,
  type Prediction,
  type PredictOptions,
  type StreamedPrediction,
} from './mesh-client.ts';
export {
  type ModelClient,
  type ModelPrediction,
  type ModelPredictOptions,
  type ModelShape,
  modelClient,
} from './model-client.ts';
export type { FeatureInput } from './to-value.ts';
