import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { StoredOutcome, StoredPrediction, StoredShadow } from '../ports.ts';
import { LmdbPredictions } from './lmdb-predictions.ts';

const idOf = (sequence: number) => `0123456789abcdef-${sequence.toString(16).padStart(12, '0')}`;

const prediction = (sequence: number, score = 0.5): StoredPrediction => ({
  predictionId: idOf(sequence),
  model: 'm',
  tier: 'TIER_MODEL',
  version: 2,
  role: 'ROLE_PRODUCTION',
  score,
  keys: ['ORD', 'LAX'],
  stamp: { atMs: 1, logOffset: 2, featureSetHash: 'h' },
  values: Buffer.from(Float64Array.of(0.1, -0, Number.MIN_VALUE).buffer),
  statuses: Buffer.from([0, 1, 2]),
  requestValues: Buffer.alloc(8),
  latencyMs: 3.25,
  skippedReason: '',
  traceId: '1'.repeat(32),
  atMs: 10,
  shadowVersions: [3],
  assignedVersion: 2,
  modelMs: 0.5,
  modelBudgetMs: 40,
  receivedAtMs: 30,
  intake: 4,
});
const shadow = (sequence: number, version = 3): StoredShadow => ({
  predictionId: idOf(sequence),
  version,
  score: 0.25,
  result: 'score',
  latencyMs: 1,
});
const outcome = (sequence: number, label = 1): StoredOutcome => ({
  predictionId: idOf(sequence),
  label,
  observedAtMs: 20,
});

describe('LmdbPredictions', () => {
  let directory: string;
  let files: KeyValueStore;
  const open = (predictionsMax = 100) => {
    files = KeyValueStore.open({ directory });
    return new LmdbPredictions(files, predictionsMax);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mlmesh-predictions-'));
  });
  afterEach(async () => {
    await files[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  it('gives the newest first by when they were taken, though routers number them each for itself', async () => {
    const store = open();
    const of = (router: string, sequence: number, receivedAtMs: number) => ({
      ...prediction(sequence),
      predictionId: `${router}-${sequence.toString(16).padStart(12, '0')}`,
      receivedAtMs,
    });
    const taken = [
      of('aa', 0, 10),
      of('aa', 1, 30),
      of('bb', 0, 20),
      of('bb', 1, 40),
      of('bb', 2, 50),
    ];
    await store.append([...taken, of('a', 0, 5)], []);
    assert.deepEqual(
      [...store.newest()].map(({ receivedAtMs }) => receivedAtMs),
      [50, 40, 30, 20, 10, 5],
    );
    assert.deepEqual([...open().newest()].length, 6);
  });

  it('gives back what was kept, bit for bit, also after it was closed', async () => {
    const store = open();
    await store.append([prediction(1)], [shadow(1)]);
    await store.appendOutcomes([outcome(1)]);
    await files[Symbol.asyncDispose]();
    const again = open();
    assert.deepEqual({ ...again.prediction(idOf(1)) }, prediction(1));
    assert.deepEqual(
      again.shadows(idOf(1)).map((kept) => ({ ...kept })),
      [shadow(1)],
    );
    assert.deepEqual({ ...again.outcome(idOf(1)) }, outcome(1));
  });

  it('keeps what it knows when the same id comes again', async () => {
    const store = open();
    await store.append([prediction(1, 0.5), prediction(1, 0.6)], [shadow(1), shadow(1)]);
    await store.append([prediction(1, 0.7)], []);
    await store.appendOutcomes([outcome(1, 1)]);
    await store.appendOutcomes([outcome(1, 0)]);
    assert.equal(store.prediction(idOf(1))?.score, 0.5);
    assert.equal(store.shadows(idOf(1)).length, 1);
    assert.equal(store.outcome(idOf(1))?.label, 1);
  });

  it('gives the shadows of one prediction and of no other', async () => {
    const store = open();
    await store.append([], [shadow(1, 3), shadow(1, 4), shadow(2, 3)]);
    assert.deepEqual(
      store.shadows(idOf(1)).map(({ version }) => version),
      [3, 4],
    );
  });

  it('lets the oldest go with all that belongs to them, also over several commits at once', async () => {
    const store = open(3);
    await store.appendOutcomes([outcome(0), outcome(1), outcome(4)]);
    const batches = [1, 2, 3, 4, 5].map((n) => store.append([prediction(n)], [shadow(n)]));
    await Promise.all(batches);
    const { predictions, shadows, outcomes } = store.all();
    const sequences = (kept: Iterable<{ readonly predictionId: string }>) =>
      [...kept].map(({ predictionId }) => Number.parseInt(predictionId.slice(-4), 16));
    assert.deepEqual(sequences(predictions), [3, 4, 5]);
    assert.deepEqual(sequences(shadows), [3, 4, 5]);
    assert.deepEqual(sequences(outcomes), [4]);
  });
});
