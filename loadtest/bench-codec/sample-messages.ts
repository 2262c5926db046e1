import { imageRequest, probabilities, rowsRequest } from '../../native-bench/v2-messages.ts';
import type { StreamOnlineFeaturesRequest } from '../../services/gen/mlmesh/feature/v1/StreamOnlineFeaturesRequest.ts';
import type { StreamOnlineFeaturesResponse } from '../../services/gen/mlmesh/feature/v1/StreamOnlineFeaturesResponse.ts';
import type { LoggedPrediction } from '../../services/gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { LogPredictionsRequest } from '../../services/gen/mlmesh/monitor/v1/LogPredictionsRequest.ts';
import type { ShadowAnswer } from '../../services/gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import type { PredictRequest } from '../../services/gen/mlmesh/router/v1/PredictRequest.ts';
import type { PredictResponse } from '../../services/gen/mlmesh/router/v1/PredictResponse.ts';

/** A message as the mesh sends it. */
export interface SampleMessage {
  /** Full name of its type. */
  readonly type: string;
  /** Path of its file in the contract. */
  readonly file: string;
  /** What it holds. */
  readonly what: string;
  readonly message: object;
}

const rows = 10;
const columns = 12;
const atMs = Date.UTC(2001, 5, 1);
const featureSetHash = '3f'.repeat(32);

const predictRequest: PredictRequest = {
  model: 'flight-delay',
  entities: { origin: 'ORD', destination: 'LAX' },
  requestFeatures: { date: { timeMs: atMs }, distance: { number: 1_745 } },
  atMs,
};

const stamp = { atMs, logOffset: 1_234_567, featureSetHash };

const predictResponse: PredictResponse = {
  predictionId: '01hzy3f0ab-00000123',
  outputs: [0.1834],
  tier: 'TIER_MODEL',
  version: 2,
  skipped: [],
  stamp,
  defaultedFeatures: [],
  traceId: '5b8efff798038103d269b633813fc60c',
  latency: { totalMs: 2.31, featuresMs: 0.9, modelMs: 1.1, admissionMs: 0.01, budgetMs: 49.7 },
  role: 'ROLE_PRODUCTION',
  generation: 3,
};

const featuresRequest: StreamOnlineFeaturesRequest = {
  batches: [
    {
      batchId: 5,
      query: {
        featureSetHash,
        rows,
        keys: Array.from({ length: rows * 2 }, (_, index) => (index % 2 === 0 ? 'ORD' : 'LAX')),
        atMs: doubles(rows),
      },
      traceContexts: Buffer.alloc(rows * 25),
      budgetMs: 49,
    },
  ],
};

const featuresResponse: StreamOnlineFeaturesResponse = {
  batches: [
    {
      batchId: 5,
      rows: {
        values: doubles(rows * columns),
        statuses: Buffer.alloc(rows * columns),
        logOffset: 1_234_567,
        rows,
        computeVersion: 2,
        valueHashes: doubles(rows),
      },
    },
  ],
};

const logged = 50;
const logRequest: LogPredictionsRequest = {
  batchId: 17,
  predictions: Array.from({ length: logged }, (_, index) => prediction(index)),
  shadowAnswers: Array.from({ length: logged }, (_, index) => shadowAnswer(index)),
};

function prediction(index: number): LoggedPrediction {
  return {
    predictionId: predictionId(index),
    model: 'flight-delay',
    tier: 'TIER_MODEL',
    version: 2,
    role: 'ROLE_PRODUCTION',
    score: 0.18 + index / 1_000,
    keys: ['ORD', 'LAX'],
    stamp,
    values: doubles(columns),
    statuses: Buffer.alloc(columns),
    requestValues: doubles(3),
    latencyMs: 2.31,
    traceId: '5b8efff798038103d269b633813fc60c',
    atMs: atMs + index,
    shadowVersions: [3],
    assignedVersion: 2,
    modelMs: 1.2,
    modelBudgetMs: 49,
  };
}

function shadowAnswer(index: number): ShadowAnswer {
  return { predictionId: predictionId(index), version: 3, score: 0.2, latencyMs: 2.1 };
}

function predictionId(index: number): string {
  return `01hzy3f0ab-${String(index).padStart(8, '0')}`;
}

function doubles(count: number): Buffer {
  return Buffer.from(Float64Array.from({ length: count }, (_, index) => index / 7).buffer);
}

const router = 'mlmesh/router/v1/router_service.proto';
const feature = 'mlmesh/feature/v1/feature_service.proto';
const monitor = 'mlmesh/monitor/v1/monitor_service.proto';
const inference = 'inference/grpc_service.proto';

/** What a prediction sends through the mesh, and what clients of the open inference protocol send. */
export const sampleMessages: readonly SampleMessage[] = [
  sample('mlmesh.router.v1.PredictRequest', router, 'a flight', predictRequest),
  sample('mlmesh.router.v1.PredictResponse', router, 'its answer', predictResponse),
  sample('mlmesh.feature.v1.StreamOnlineFeaturesRequest', feature, '10 rows', featuresRequest),
  sample('mlmesh.feature.v1.StreamOnlineFeaturesResponse', feature, '10 rows', featuresResponse),
  sample('mlmesh.monitor.v1.LogPredictionsRequest', monitor, '50, and 50 of shadows', logRequest),
  sample('inference.ModelInferRequest', inference, 'a row', rowsRequest('flight-delay', 1, 15)),
  sample('inference.ModelInferResponse', inference, 'a row', probabilities('flight-delay', 1)),
  sample('inference.ModelInferRequest', inference, 'an image', imageRequest('image')),
];

function sample(type: string, file: string, what: string, message: object): SampleMessage {
  return { type, file, what, message };
}
