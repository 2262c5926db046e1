import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { layOutAsBefore } from '../../../test/support/old-records.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { StoredOutcome, StoredPrediction, StoredShadow } from '../ports.ts';
import { LmdbPredictions } from './lmdb-predictions.ts';
import { putIntoBlocks } from './order-old-records.ts';

const routers = ['0123456789abcd01', '0123456789abcd02', 'ffffffffffffffff'];
const idOf = (router: number, sequence: number) =>
  `${routers[router] ?? ''}-${sequence.toString(16).padStart(12, '0')}`;
const predictionsMax = 60;

/** A log that does the same without any order on disk. */
class NaiveLog {
  readonly predictions = new Map<string, StoredPrediction>();
  readonly shadows = new Map<string, StoredShadow>();
  readonly outcomes = new Map<string, StoredOutcome>();
  rows: { atMs: number; ids: readonly string[]; orphans: readonly string[] }[] = [];

  append(atMs: number, predictions: readonly StoredPrediction[], shadows: readonly StoredShadow[]) {
    const ids = addNew(this.predictions, predictions, ({ predictionId }) => predictionId);
    const isNew = addNew(this.shadows, shadows, (one) => `${one.predictionId}/${one.version}`);
    this.#note(
      atMs,
      ids,
      isNew.map((key) => key.split('/')[0] ?? ''),
    );
    while (this.predictions.size > predictionsMax && this.rows.length > 1) this.#removeOldest();
  }

  appendOutcomes(atMs: number, outcomes: readonly StoredOutcome[]) {
    this.#note(
      atMs,
      [],
      addNew(this.outcomes, outcomes, (one) => one.predictionId),
    );
  }

  letGo(beforeMs: number) {
    while (this.rows.length > 1 && (this.rows[0]?.atMs ?? beforeMs) < beforeMs)
      this.#removeOldest();
  }

  #note(atMs: number, ids: readonly string[], others: readonly string[]) {
    const orphans = others.filter((id) => !this.predictions.has(id));
    if (ids.length + orphans.length > 0) this.rows.push({ atMs, ids, orphans });
  }

  #removeOldest() {
    const { ids = [], orphans = [] } = this.rows.shift() ?? {};
    for (const id of ids) this.predictions.delete(id);
    const gone = new Set([...ids, ...orphans.filter((id) => !this.predictions.has(id))]);
    for (const id of gone) this.outcomes.delete(id);
    for (const [key, shadow] of this.shadows) {
      if (gone.has(shadow.predictionId)) this.shadows.delete(key);
    }
  }
}

/** Adds what is not there, and gives its keys. */
function addNew<T>(to: Map<string, T>, from: readonly T[], keyOf: (one: T) => string): string[] {
  return from.map(keyOf).filter((key, index) => {
    const one = from[index];
    if (one === undefined || to.has(key)) return false;
    to.set(key, one);
    return true;
  });
}

const ids = fc.tuple(fc.nat(2), fc.nat(120)).map(([router, sequence]) => idOf(router, sequence));
const doubles = fc.double({ noNaN: true });
const bytes = fc.uint8Array({ maxLength: 40 }).map((values) => Buffer.from(values));
const texts = fc.oneof(fc.constantFrom('', 'm', 'ORD'), fc.string({ unit: 'grapheme' }));
const versions = fc.nat(2 ** 32 - 1);
const predictions = fc.record<StoredPrediction>({
  predictionId: ids,
  model: fc.constantFrom('m', 'other'),
  tier: fc.constantFrom('TIER_UNSPECIFIED', 'TIER_MODEL', 'TIER_FALLBACK', 'TIER_RULES'),
  role: fc.constantFrom('ROLE_UNSPECIFIED', 'ROLE_PRODUCTION', 'ROLE_SHADOW', 'ROLE_CONTROL'),
  ...{ version: versions, assignedVersion: versions, score: doubles, keys: fc.array(texts) },
  stamp: fc.option(
    fc.record(
      { atMs: doubles, logOffset: doubles, featureSetHash: texts },
      { noNullPrototype: true },
    ),
  ),
  ...{ values: bytes, statuses: bytes, requestValues: bytes, latencyMs: doubles },
  ...{ skippedReason: texts, traceId: texts, atMs: doubles, shadowVersions: fc.array(versions) },
  ...{ modelMs: doubles, modelBudgetMs: doubles },
  receivedAtMs: fc.nat(3),
  intake: fc.nat(3),
});
const head = { predictionId: ids, version: fc.nat(2), latencyMs: doubles };
const shadows: fc.Arbitrary<StoredShadow> = fc.oneof(
  fc.record({ ...head, score: doubles, result: fc.constant('score' as const) }),
  fc.record({ ...head, failedReason: texts, result: fc.constant('failedReason' as const) }),
  fc.record(head),
);
const outcomes: fc.Arbitrary<StoredOutcome> = fc.record({
  ...{ predictionId: ids, label: doubles, observedAtMs: fc.nat(9) },
});
const batches = (most: number) =>
  fc.record({
    predictions: fc.array(predictions, { maxLength: most, size: 'max' }),
    shadows: fc.array(shadows, { maxLength: most, size: 'max' }),
    outcomes: fc.array(outcomes, { maxLength: 4 }),
    letGo: fc.integer({ min: 0, max: 6 }),
  });

const sorted = <T>(records: ReadonlyMap<string, T>): readonly T[] =>
  [...records].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
const plain = (records: Iterable<object>) => Array.from(records, (one) => ({ ...one }));

function sameAs(store: LmdbPredictions, naive: NaiveLog): void {
  const all = store.all();
  assert.deepEqual(plain(all.predictions), plain(sorted(naive.predictions)));
  assert.deepEqual(plain(all.shadows), plain(sorted(naive.shadows)));
  assert.deepEqual(
    Array.from(all.outcomes, ({ predictionId, label }) => [predictionId, label]),
    sorted(naive.outcomes).map(({ predictionId, label }) => [predictionId, label]),
  );
  assert.equal([...store.newest()].length, naive.predictions.size);
  for (let sequence = 0; sequence < 130; sequence += 7) {
    const id = idOf(sequence % 3, sequence);
    assert.deepEqual({ ...store.prediction(id) }, { ...naive.predictions.get(id) });
    const wanted = sorted(naive.shadows).filter(({ predictionId }) => predictionId === id);
    assert.deepEqual(plain(store.shadows(id)), plain(wanted));
  }
}

describe('the log of predictions', () => {
  it('keeps, gives and lets go of what a log without blocks does, whatever comes twice or out of order, and after it was closed', async () => {
    const property = fc.asyncProperty(
      fc.array(batches(30), { minLength: 1, maxLength: 8 }),
      async (given) => {
        using folder = temporaryFolder();
        const naive = new NaiveLog();
        for (const [index, batch] of given.entries()) {
          await using files = KeyValueStore.open({ directory: folder.path });
          const store = new LmdbPredictions(files, { predictionsMax, now: () => index });
          await store.append(batch.predictions, batch.shadows);
          naive.append(index, batch.predictions, batch.shadows);
          await store.appendOutcomes(batch.outcomes);
          naive.appendOutcomes(index, batch.outcomes);
          sameAs(store, naive);
          await store.letGo(index - batch.letGo);
          naive.letGo(index - batch.letGo);
          sameAs(store, naive);
        }
      },
    );
    await fc.assert(property, { seed: 11, numRuns: 25 });
  });

  it('is the same when records lay each for itself before', async () => {
    const property = fc.asyncProperty(batches(60), async (batch) => {
      using folder = temporaryFolder();
      const naive = new NaiveLog();
      naive.append(0, batch.predictions, batch.shadows);
      const options = { predictionsMax, now: () => 0 };
      {
        await using files = KeyValueStore.open({ directory: folder.path });
        await new LmdbPredictions(files, options).append(batch.predictions, batch.shadows);
      }
      await layOutAsBefore(folder.path);
      await putIntoBlocks(folder.path);
      await using files = KeyValueStore.open({ directory: folder.path });
      const found = new LmdbPredictions(files, options).all();
      assert.deepEqual(
        Array.from(found.predictions, ({ predictionId, score, values, keys }) => [
          ...[predictionId, score, values, keys],
        ]),
        sorted(naive.predictions).map(({ predictionId, score, values, keys }) => [
          ...[predictionId, score, values, keys],
        ]),
      );
      const versionsOf = (records: Iterable<StoredShadow>) =>
        Array.from(records, ({ predictionId, version, result }) => [predictionId, version, result]);
      assert.deepEqual(versionsOf(found.shadows), versionsOf(sorted(naive.shadows)));
    });
    await fc.assert(property, { seed: 12, numRuns: 10 });
  });
});
