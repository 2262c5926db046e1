import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { PredictionStore, StoredOutcome, StoredPrediction } from '../ports.ts';

/** Where outcomes are read from. */
export interface LogParts {
  readonly store: Pick<PredictionStore, 'newest' | 'outcome'>;
  readonly clock: Clock;
}

/** What a scan looked at. */
export interface ScannedLog {
  /** Predictions of all models. */
  readonly scanned: number;
  /** Whether there are older ones that were not looked at, though the visitor wanted more. */
  readonly isCut: boolean;
}

/** Predictions that are looked at, as many as the log keeps by default: 10 s of reading in turns. */
const scannedMax = 500_000;
/** Predictions that are read in one go; whatever else waits for this thread comes in between. */
const turnPredictions = 500;

/** Gives the newest predictions of a model with what came of them to `visit`, the newest first, until it says that it has enough; says what it looked at. O(predictions of all models). */
export async function scanLog(
  { store, clock }: LogParts,
  model: string,
  visit: (prediction: StoredPrediction, outcome: StoredOutcome | undefined) => 'more' | 'enough',
  signal: AbortSignal,
): Promise<ScannedLog> {
  let scanned = 0;
  for (const prediction of store.newest()) {
    if (scanned === scannedMax) return { scanned, isCut: true };
    scanned += 1;
    if (scanned % turnPredictions === 0) await clock.sleep(durationMs(0), signal);
    if (prediction.model !== model) continue;
    if (visit(prediction, store.outcome(prediction.predictionId)) === 'enough') break;
  }
  return { scanned, isCut: false };
}

/** Gives the version that was to answer a caller of the model cohort; 0 for none. */
export function assignedVersion({
  assignedVersion: known,
  tier,
  version,
}: StoredPrediction): number {
  // What was logged before it was kept says it only where the model answered.
  return known > 0 || tier !== 'TIER_MODEL' ? known : version;
}
