import type { GetTraceRequest__Output } from '../../gen/mlmesh/monitor/v1/GetTraceRequest.ts';
import type { LogPredictionsRequest__Output } from '../../gen/mlmesh/monitor/v1/LogPredictionsRequest.ts';
import type { Outcome__Output } from '../../gen/mlmesh/monitor/v1/Outcome.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { checkPredictionId } from '../../shared/kernel/prediction-id.ts';

const itemsMax = 1_024;
const tracesDefault = 20;
const tracesMax = 1_000;

/**
 * Checks a batch of a router.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when it is too long.
 * @throws {MeshError} INVALID_ARGUMENT / PREDICTION_UNKNOWN when an id is malformed.
 */
export function checkBatch({ predictions, shadowAnswers }: LogPredictionsRequest__Output): void {
  checkCount('predictions', predictions.length, 0);
  checkCount('shadow_answers', shadowAnswers.length, 0);
  for (const { predictionId } of predictions) checkPredictionId(predictionId);
  for (const { predictionId } of shadowAnswers) checkPredictionId(predictionId);
}

/**
 * Checks outcomes.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when there are none or too many.
 * @throws {MeshError} INVALID_ARGUMENT / PREDICTION_UNKNOWN when an id is malformed.
 * @throws {MeshError} INVALID_ARGUMENT / OUTCOME_INVALID when a label or a business value is not finite.
 */
export function checkOutcomes(outcomes: readonly Outcome__Output[]): void {
  checkCount('outcomes', outcomes.length, 1);
  for (const { predictionId, label, businessValue } of outcomes) {
    checkPredictionId(predictionId);
    if (!Number.isFinite(label)) throw outcomeInvalid('label', predictionId, label);
    if (businessValue !== undefined && !Number.isFinite(businessValue)) {
      throw outcomeInvalid('business value', predictionId, businessValue);
    }
  }
}

function outcomeInvalid(what: string, predictionId: string, got: number): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'OUTCOME_INVALID',
    message: `wanted a finite ${what} for prediction ${predictionId}, got ${got}; nothing of the request was recorded`,
  });
}

/**
 * Gives the model when the mesh has it.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN
 */
export function knownModel(model: string, models: readonly string[]): string {
  if (models.includes(model)) return model;
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `wanted a model of the mesh (${models.join(', ')}), got '${model}'`,
  });
}

/**
 * Gives which trace is wanted.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when neither id is given, or the trace id is malformed.
 * @throws {MeshError} INVALID_ARGUMENT / PREDICTION_UNKNOWN when the prediction id is malformed.
 */
export function wantedTrace(
  request: GetTraceRequest__Output,
): { readonly traceId: string } | { readonly predictionId: string } {
  if (request.key === 'predictionId') {
    const predictionId = request.predictionId ?? '';
    checkPredictionId(predictionId);
    return { predictionId };
  }
  const traceId = request.traceId ?? '';
  if (/^[0-9a-f]{32}$/.test(traceId)) return { traceId };
  throw invalidField('trace_id', `32 lower-case hexadecimal digits, or a prediction_id`, traceId);
}

/**
 * Gives how many traces are wanted; 20 for 0.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD when it is more than 1,000.
 */
export function tracesWanted(count: number): number {
  if (count > tracesMax) throw invalidField('traces_max', `at most ${tracesMax}`, String(count));
  return count === 0 ? tracesDefault : count;
}

function checkCount(field: string, count: number, countMin: number): void {
  if (count >= countMin && count <= itemsMax) return;
  throw invalidField(field, `${countMin} to ${itemsMax} items`, String(count));
}

function invalidField(field: string, wanted: string, got: string): MeshError {
  const description = `wanted ${wanted}, got ${got.slice(0, 64) || 'nothing'}`;
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}
