import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { PromotionWatch } from '../core/rollback/promotion-watch.ts';
import { type ServedCounts, servedWindow } from '../core/rollback/served-window.ts';
import type { GuardVerdict } from '../core/verdict-record.ts';
import type { PredictionStore, StoredPrediction } from '../ports.ts';
import { type GuardedRole, toWatched, toWatchedShadow } from './promotion-watches.ts';

/** A count of a verdict beside the same count from the log of predictions. */
export interface Recount {
  readonly name: string;
  readonly stored: number;
  readonly counted: number;
}

/** Predictions that are looked at: those after the verdict, and those of its five minutes. */
const scannedMax = 500_000;
/** Predictions from before its five minutes after which no others are looked for: ids ascend within a router, not over all of them. */
const olderMax = 20_000;
/** Predictions that are read in one go; whatever else waits for this thread comes in between. */
const turnPredictions = 500;
/** What is slow depended on the answers before, which are not counted again. */
const recountedKinds = ['requests', 'errors', 'timeouts', 'fallbacks'] as const;

/** Counts once more, from the log, what a verdict was decided from. Gives nothing where the log does not reach back to the begin of its five minutes. O(predictions since then). */
export async function recountVerdict(
  { store, clock }: { readonly store: PredictionStore; readonly clock: Clock },
  verdict: GuardVerdict,
  signal: AbortSignal,
): Promise<readonly Recount[]> {
  const { model, version, baselineVersion } = verdict;
  const { inputs } = verdict.record;
  const window = servedWindow(inputs.atMs, 300_000);
  const fromMs = Math.max(window.fromMs, inputs.countedFromMs ?? 0);
  const promotion = { model, version, previousVersion: baselineVersion, generation: 0 };
  const watch = new PromotionWatch(promotion, inputs.modelBudgetMs ?? 0, fromMs);
  const isWithin = (prediction: StoredPrediction) =>
    prediction.model === model && prediction.receivedAtMs < window.untilMs;
  const log = { store, role: guardedRole(verdict) };
  let [scanned, older] = [0, 0];
  for (const prediction of store.newest()) {
    if (scanned === scannedMax || older === olderMax) break;
    scanned += 1;
    if (scanned % turnPredictions === 0) await clock.sleep(durationMs(0), signal);
    older += prediction.receivedAtMs < fromMs ? 1 : 0;
    if (isWithin(prediction)) recount(watch, prediction, log);
  }
  const { current, previous } = watch.inputsAt(inputs.atMs);
  const isGone = older === 0 && current.fiveMinutes.requests < inputs.current.fiveMinutes.requests;
  if (isGone || scanned === scannedMax) return [];
  return [
    ...compared(version, inputs.current.fiveMinutes, current.fiveMinutes),
    ...compared(baselineVersion, inputs.previous.fiveMinutes, previous.fiveMinutes),
  ];
}

function guardedRole({ isOfCanary }: GuardVerdict): GuardedRole {
  return isOfCanary === true ? 'ROLE_CANARY' : 'ROLE_PRODUCTION';
}

function recount(
  watch: PromotionWatch,
  prediction: StoredPrediction,
  { store, role }: { readonly store: PredictionStore; readonly role: GuardedRole },
): void {
  watch.request(toWatched(prediction, role));
  for (const shadow of store.shadows(prediction.predictionId)) {
    watch.shadow(toWatchedShadow(shadow));
  }
}

function compared(version: number, stored: ServedCounts, counted: ServedCounts) {
  return recountedKinds.map((kind) => ({
    name: `${kind} of version ${version}`,
    stored: stored[kind],
    counted: counted[kind],
  }));
}
