import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { keepWithin } from '../../shared/platform/store/retention.ts';
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
  let nowMs = 1_000;
  const open = (predictionsMax = 100) => {
    files = KeyValueStore.open({ directory });
    return new LmdbPredictions(files, { predictionsMax, now: () => nowMs });
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

  const ids = (kept: Iterable<{ readonly predictionId: string }>) =>
    [...kept].map(({ predictionId }) => predictionId);

  it('lets the oldest of several routers go by when they came, whatever their ids are', async () => {
    const store = open(4);
    const of = (router: string, sequence: number) => ({
      ...prediction(sequence),
      predictionId: `${router}-${sequence.toString(16).padStart(12, '0')}`,
    });
    const [older, newer] = ['0123456789abcd01', '0123456789abcd02'];
    for (const n of [1, 2, 3]) {
      await store.append([of(newer, n)], []);
      await store.append([of(older, n)], []);
    }
    const wanted = [of(older, 2), of(older, 3), of(newer, 2), of(newer, 3)];
    assert.deepEqual(ids(store.all().predictions), ids(wanted));
  });

  it('lets go of what is older than it is to be kept, also of what never found its prediction', async () => {
    const store = open();
    const limits = { keepMs: 100, bytesMax: 1e9 };
    await store.appendOutcomes([outcome(9)]);
    await store.append([prediction(1), prediction(2)], [shadow(1), shadow(8)]);
    nowMs += 50;
    await store.append([prediction(3), prediction(9)], [shadow(2), shadow(3)]);
    await store.appendOutcomes([outcome(1), outcome(3)]);
    await store.append([prediction(4)], []);
    assert.equal(await keepWithin(store, limits, nowMs), 0);
    await keepWithin(store, limits, nowMs + 51);
    const { predictions, shadows, outcomes } = store.all();
    assert.deepEqual(ids(predictions), [3, 4, 9].map(idOf));
    assert.deepEqual(ids(shadows), [3].map(idOf));
    assert.deepEqual(ids(outcomes), [3, 9].map(idOf));
    await keepWithin(store, limits, nowMs + 1_000);
    assert.deepEqual(ids(store.all().predictions), [4].map(idOf), 'the newest stays');
    assert.deepEqual([...store.all().outcomes, ...store.all().shadows], []);
  });

  it('uses the room of what has left again, after a look at the newest that ended early', async () => {
    const store = open();
    const turn = async (from: number) => {
      for (let batch = from; batch < from + 60; batch += 1) {
        const sequences = Array.from({ length: 50 }, (_, index) => batch * 50 + index);
        await store.append(
          sequences.map((sequence) => prediction(sequence)),
          [],
        );
      }
      return statSync(join(directory, 'data.mdb')).size;
    };
    await turn(0);
    for (const _newest of store.newest()) break;
    const before = await turn(60);
    const after = await turn(120);
    // A look that held on to what was there then took 60 times the pages of a batch.
    assert.ok(after <= before, `grew from ${before} to ${after} bytes`);
  });

  it('keeps to its bytes', async () => {
    const store = open(1e6);
    const bytesMax = 100_000;
    for (let from = 0; from < 20; from += 1) {
      const some = Array.from({ length: 50 }, (_, index) => prediction(from * 50 + index + 1));
      await store.append(some, []);
    }
    assert.ok(store.bytes() > bytesMax, `${store.bytes()} bytes`);
    await keepWithin(store, { keepMs: 1e12, bytesMax }, nowMs);
    assert.ok(store.bytes() <= bytesMax, `${store.bytes()} bytes`);
    const kept = ids(store.all().predictions);
    assert.deepEqual([kept.at(-1), kept.length > 49], [idOf(1_000), true]);
  });
});
