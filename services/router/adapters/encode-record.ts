import type { LoggedPrediction } from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { LogPredictionsRequest } from '../../gen/mlmesh/monitor/v1/LogPredictionsRequest.ts';
import type { ShadowAnswer } from '../../gen/mlmesh/monitor/v1/ShadowAnswer.ts';
import { EncodedMessage } from '../../shared/platform/grpc/encoded-message.ts';
import { loadMessage } from '../../shared/platform/grpc/load-proto.ts';
import type { PredictionRecord, ShadowRecord } from '../ports.ts';

const { serialize, lend } = loadMessage<LogPredictionsRequest, object>(
  'mlmesh.monitor.v1.LogPredictionsRequest',
);

/** Gives the bytes of a prediction to `use`, as the part of a batch that holds it alone; afterwards they are no longer good. */
export function encodePrediction(record: PredictionRecord, use: (bytes: Uint8Array) => void): void {
  lend({ predictions: [toLoggedPrediction(record)] }, use);
}

/** Does the same for the answer of a shadow. */
export function encodeShadow(record: ShadowRecord, use: (bytes: Uint8Array) => void): void {
  lend({ shadowAnswers: [toShadowAnswer(record)] }, use);
}

/** Gives the batch that is made of such parts. */
export function encodeBatch(
  parts: readonly Uint8Array[],
  batch: Pick<LogPredictionsRequest, 'batchId' | 'dropped'>,
): EncodedMessage {
  return new EncodedMessage(Buffer.concat([serialize(batch), ...parts]));
}

function toLoggedPrediction(record: PredictionRecord): LoggedPrediction {
  const { features, atMs, featureSetHash } = record;
  return {
    predictionId: record.predictionId,
    model: record.model,
    tier: `TIER_${record.tier}`,
    version: record.version,
    role: `ROLE_${record.role}`,
    score: record.score,
    keys: [...record.keys],
    stamp: features === undefined ? null : { atMs, logOffset: features.logOffset, featureSetHash },
    values: features === undefined ? noBytes : bytesOf(features.values),
    statuses: features === undefined ? noBytes : bytesOf(features.statuses),
    requestValues: bytesOf(record.requestValues),
    latencyMs: record.latencyMs,
    skippedReason: record.skippedReason,
    traceId: record.traceId,
    atMs,
    shadowVersions: [...record.shadowVersions],
    assignedVersion: record.assignedVersion,
    modelMs: record.modelMs,
    modelBudgetMs: record.modelBudgetMs,
  };
}

function toShadowAnswer({ predictionId, version, result, latencyMs }: ShadowRecord): ShadowAnswer {
  return { predictionId, version, latencyMs, ...result };
}

const noBytes = Buffer.alloc(0);

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
