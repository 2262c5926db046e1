import { createHash } from 'node:crypto';
import { LmdbPredictions } from '../../services/monitor/adapters/lmdb-predictions.ts';
import type { StoredPrediction } from '../../services/monitor/ports.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';

/** Gives the id of a prediction of one of two routers, in turn; the second one has started earlier, so its ids come first. */
export function keptId(number: number): string {
  const router = number % 2 === 0 ? '0123456789abcd01' : '0123456789abcd02';
  return `${router}-${Math.floor(number / 2)
    .toString(16)
    .padStart(12, '0')}`;
}

/** Gives a prediction as the monitor keeps it, all of whose values follow from its number. */
export function keptPrediction(number: number): StoredPrediction {
  return {
    ...{ predictionId: keptId(number), model: 'm', tier: 'TIER_MODEL', version: 2 },
    ...{ role: 'ROLE_PRODUCTION', score: number / 1e6, keys: ['ORD', `${number}`] },
    stamp: { atMs: number, logOffset: number, featureSetHash: 'h' },
    values: Buffer.from(Float64Array.of(number, -0, 1 / number).buffer),
    statuses: Buffer.from([0, 1, 2]),
    requestValues: Buffer.alloc(8),
    ...{ latencyMs: 3.25, skippedReason: '', traceId: '1'.repeat(32), atMs: number },
    ...{ shadowVersions: [3], assignedVersion: 2, modelMs: 0.5, modelBudgetMs: 40 },
    ...{ receivedAtMs: 1_000_000 + number, intake: number },
  };
}

/** Keeps predictions [from, until), each with a shadow's answer and an outcome. */
export async function keepPredictions(
  store: LmdbPredictions,
  from: number,
  until: number,
): Promise<void> {
  const numbers = Array.from({ length: until - from }, (_, index) => from + index);
  const shadows = numbers.map((number) => ({
    ...{ predictionId: keptId(number), version: 3, score: 0.25, latencyMs: 1 },
    result: 'score' as const,
  }));
  await store.append(numbers.map(keptPrediction), shadows);
  await store.appendOutcomes(
    numbers.map((number) => ({ predictionId: keptId(number), label: 1, observedAtMs: number })),
  );
}

/** What a folder keeps. */
export interface KeptRecords {
  /** Numbers of the predictions, ascending. */
  readonly numbers: readonly number[];
  readonly shadows: number;
  readonly outcomes: number;
  /** Numbers of the predictions without one. */
  readonly withoutOutcome: readonly number[];
  /** SHA-256 over all records. */
  readonly digest: string;
}

/** Reads all that a folder of the monitor keeps of predictions. */
export async function readKept(directory: string): Promise<KeptRecords> {
  await using files = KeyValueStore.open({ directory });
  const store = new LmdbPredictions(files, { predictionsMax: 1e9, now: () => 0 });
  const { predictions, shadows, outcomes } = store.all();
  const hash = createHash('sha256');
  const digested = <T>(record: T): T => {
    hash.update(JSON.stringify(record));
    return record;
  };
  const numbers = Array.from(predictions, (prediction) => digested(prediction).intake);
  const counts = [shadows, outcomes].map(
    (records) => Array.from<object, object>(records, digested).length,
  );
  const withoutOutcome = numbers.filter((number) => store.outcome(keptId(number)) === undefined);
  return {
    withoutOutcome,
    numbers: numbers.sort((a, b) => a - b),
    ...{ shadows: counts[0] ?? 0, outcomes: counts[1] ?? 0 },
    digest: hash.digest('hex'),
  };
}
