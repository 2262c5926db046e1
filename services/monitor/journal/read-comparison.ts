import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { type ComparedRequest, missing } from '../core/comparison.ts';
import type { PredictionStore, StoredPrediction, StoredShadow } from '../ports.ts';

/** Which shadow is compared, and with what. */
export interface ComparisonQuery {
  readonly model: string;
  readonly version: number;
  /** 0 means whatever answered while production pointed nowhere. */
  readonly baselineVersion: number;
  readonly requestsMax: number;
  /** What the monitor took before is left out, epoch ms. */
  readonly receivedFromMs: number;
}

/** Predictions that are looked at: a shadow that has seen no request for longer has seen too little to be compared. */
const scannedMax = 200_000;
/** Predictions that are read in one go; whatever else waits for this thread comes in between. */
const turnPredictions = 500;

/** Reads the newest requests of the log that a shadow was to answer, the newest first. O(predictions looked at). */
export async function readCompared(
  { store, clock }: { readonly store: PredictionStore; readonly clock: Clock },
  query: ComparisonQuery,
  signal: AbortSignal,
): Promise<readonly ComparedRequest[]> {
  const requests: ComparedRequest[] = [];
  let scanned = 0;
  for (const prediction of store.newest()) {
    if (requests.length === query.requestsMax || scanned === scannedMax) break;
    scanned += 1;
    if (scanned % turnPredictions === 0) await clock.sleep(durationMs(0), signal);
    const { model, shadowVersions, receivedAtMs } = prediction;
    if (receivedAtMs < query.receivedFromMs) continue;
    if (model !== query.model || !shadowVersions.includes(query.version)) continue;
    requests.push(comparedOf(store, prediction, query));
  }
  return requests;
}

function comparedOf(
  store: PredictionStore,
  prediction: StoredPrediction,
  { version, baselineVersion }: ComparisonQuery,
): ComparedRequest {
  const { predictionId, keys, atMs, receivedAtMs, score, modelMs } = prediction;
  const shadow = store.shadows(predictionId).find((answer) => answer.version === version);
  const isOfBaseline = isBaseline(prediction, baselineVersion);
  return {
    entity: keys.join('\u001f'),
    keys,
    atMs,
    receivedAtMs,
    shadow: answerOf(shadow),
    baselineScore: isOfBaseline ? score : undefined,
    ...(isOfBaseline && modelMs > 0 ? { baselineMs: modelMs } : {}),
    label: store.outcome(predictionId)?.label,
  };
}

function answerOf(shadow: StoredShadow | undefined): ComparedRequest['shadow'] {
  if (shadow === undefined) return { failure: missing };
  const { score, failedReason, latencyMs } = shadow;
  if (score !== undefined && Number.isFinite(score)) return { score, latencyMs };
  return { failure: failedReason || 'TENSOR_NOT_FINITE' };
}

/** What answered for another reason than the baseline, such as the fallback of one that was late, says nothing about the baseline. */
function isBaseline(
  { tier, version, skippedReason }: StoredPrediction,
  baselineVersion: number,
): boolean {
  if (baselineVersion > 0) return tier === 'TIER_MODEL' && version === baselineVersion;
  return tier !== 'TIER_MODEL' && skippedReason === 'ALIAS_UNKNOWN';
}
