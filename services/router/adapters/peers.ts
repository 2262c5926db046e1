import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ReplicaFigures } from '../../shared/platform/grpc/frame-stream.ts';
import type { HedgeOptions } from '../../shared/platform/grpc/hedger.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { ServiceConfig } from '../../shared/platform/process/service-config.ts';
import { FeatureStream } from './feature-stream.ts';
import { MonitorLog } from './monitor-log.ts';
import { PredictionStream } from './prediction-stream.ts';

/** The streams of a router to the other services; as a component it lets the monitor have what it has not told, and closes them. */
export interface Peers extends Component {
  readonly addresses: ServiceConfig['addresses'];
  readonly features: FeatureStream;
  readonly shadowFeatures: FeatureStream;
  readonly models: PredictionStream;
  readonly shadowModels: PredictionStream;
  readonly log: MonitorLog;
  /** Those to services that have replicas. */
  readonly streams: readonly ReplicaFigures[];
  /** The calls of the open inference protocol. */
  readonly prediction: ServiceClient<'inference.GRPCInferenceService'>;
  /** The same to each replica. */
  readonly everyPrediction: readonly ServiceClient<'inference.GRPCInferenceService'>[];
}

/** How a router talks to the other services. */
export interface PeerOptions {
  /** For rows of production. */
  readonly hedge?: HedgeOptions | undefined;
  readonly tls?: ClientTls | undefined;
}

/** Largest message of the inference protocol: what the prediction service takes. */
export const messageBytesMax = 16 * 1024 * 1024;

/** Of the grace of a stop; the server that stops before has had its own. */
const drainShare = 0.3;

/** Opens the streams of a router; a service that is away is connected to when it is there. */
export function connectPeers(
  addresses: ServiceConfig['addresses'],
  { hedge, tls }: PeerOptions,
  clock: Clock,
): Peers {
  const features = new FeatureStream(addresses.feature, clock, tls);
  // Streams of their own: frames of shadows never stand before those of production.
  const shadowFeatures = new FeatureStream(addresses.feature, clock, tls);
  const models = new PredictionStream(
    addresses.prediction,
    { priority: 'PRIORITY_PRODUCTION', hedge, tls },
    clock,
  );
  const shadowModels = new PredictionStream(
    addresses.prediction,
    { priority: 'PRIORITY_SHADOW', tls },
    clock,
  );
  const log = new MonitorLog(addresses.monitor, clock, tls);
  const inferenceAt = (list: readonly string[]) =>
    connectService('inference.GRPCInferenceService', list, { clock, messageBytesMax, tls });
  const prediction = inferenceAt(addresses.prediction);
  const everyPrediction = addresses.prediction.map((address) => inferenceAt([address]));
  return {
    name: 'peers',
    addresses,
    features,
    shadowFeatures,
    models,
    shadowModels,
    log,
    streams: [features, shadowFeatures, models, shadowModels].map(({ replicas }) => replicas),
    prediction,
    everyPrediction,
    start: () => Promise.resolve(),
    async stop(graceMs) {
      // Nothing is answered any more, and the monitor still runs: it stops after the routers.
      await log.drain(graceMs * drainShare);
      for (const stream of [features, shadowFeatures, models, shadowModels]) stream.close();
      for (const one of [log, prediction, ...everyPrediction]) one.close();
    },
  };
}
