import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { layOutAsBefore } from '../../test/support/old-records.ts';
import { RunningMonitor } from '../../test/support/running-monitor.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { layoutFileName, openLayout } from '../shared/platform/store/data-layout.ts';
import { KeyValueStore } from '../shared/platform/store/key-value-store.ts';
import { monitorLayout } from './adapters/monitor-layout.ts';

const idOf = (sequence: number) => `0123456789abcdef-${sequence.toString(16).padStart(12, '0')}`;

const prediction = (sequence: number, score: number) => ({
  predictionId: idOf(sequence),
  model: 'm',
  tier: 'TIER_MODEL' as const,
  version: 2,
  role: 'ROLE_PRODUCTION' as const,
  score,
  latencyMs: 5,
  atMs: 1_000 + sequence,
  shadowVersions: [3],
});

describe('the monitor process', () => {
  let directory: string;
  let monitor: RunningMonitor;
  let client: RunningMonitor['client'];

  const start = async () => {
    monitor = await RunningMonitor.start({
      folder: directory,
      meshModule: join(directory, 'mesh.mjs'),
    });
    client = monitor.client;
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mlmesh-monitor-'));
    const mesh = `export const mesh = { kind: 'mlmesh/mesh', models: { m: {
      policy: { threshold: 0.5 },
      businessValue: ({ isActedOn, outcome }) => (isActedOn ? (outcome > 0 ? 1 : -0.25) : 0),
    } } };`;
    writeFileSync(join(directory, 'mesh.mjs'), mesh);
    await start();
  });
  afterEach(async () => {
    await monitor.kill();
    rmSync(directory, { recursive: true });
  });

  it('loses nothing that it acknowledged when it is killed, and counts it once', async () => {
    await client.recordOutcomes({ outcomes: [{ predictionId: idOf(2), label: 0 }] });
    await monitor.log({
      predictions: [prediction(1, 0.9), prediction(2, 0.2)],
      shadowAnswers: [{ predictionId: idOf(1), version: 3, score: 0.7, latencyMs: 1 }],
    });
    const outcomes = [{ predictionId: idOf(1), label: 1 }];
    await client.recordOutcomes({ outcomes });
    const before = await client.getSummary({ model: 'm' });
    await monitor.kill();
    await start();
    await monitor.log({ predictions: [prediction(1, 0.9)] });
    assert.deepEqual(
      { ...(await client.recordOutcomes({ outcomes })) },
      { recorded: 0, duplicates: 1 },
    );
    const figures = await client.getSummary({ model: 'm' });
    assert.deepEqual(
      [figures.predictions, figures.outcomes, figures.auc, figures.businessValue],
      [2, 2, 1, 0.5],
    );
    assert.deepEqual([figures.shadowPairs, figures.shadowExpected], [1, 2]);
    assert.equal(figures.shadowAgreement, before.shadowAgreement);
    assert.equal(figures.newestAtMs, 1_002);
    const kept = await client.getPrediction({ predictionId: idOf(1) });
    assert.deepEqual([kept.prediction?.score, kept.outcome?.label], [0.9, 1]);
    assert.equal(kept.shadowAnswers[0]?.score, 0.7);
  });

  it('takes up the folder of an older monitor, and leaves that of a newer one alone', async () => {
    await monitor.log({ predictions: [prediction(1, 0.9), prediction(2, 0.2)] });
    await monitor.kill();
    const folder = join(directory, 'monitor');
    const mark = join(folder, layoutFileName);
    const today = readFileSync(mark, 'utf8');
    await layOutAsBefore(folder);
    {
      // As it was before monitors knew in which order predictions came, and before folders had marks.
      await using files = KeyValueStore.open({ directory: folder });
      const order = files.table('intakes');
      await files.commit(() => [...order.keys()].map((key) => order.remove(key)));
    }
    rmSync(mark);
    await start();
    assert.equal(readFileSync(mark, 'utf8'), today);
    assert.equal((await client.getSummary({ model: 'm' })).predictions, 2);
    await monitor.kill();
    const newer = today.replace(/"version":\d+/, '"version":99');
    writeFileSync(mark, newer);
    await assert.rejects(start(), /not ready/);
    await assert.rejects(openLayout(folder, monitorLayout), {
      reason: 'DATA_DIRECTORY_VERSION',
      message: /have layout 99, this mlmesh reads up to \d+; run mlmesh .*, or restore a backup/,
    });
    assert.equal(readFileSync(mark, 'utf8'), newer);
  });

  it('compares a shadow with what answered, by its log, over a restart', async () => {
    const noProduction = { tier: 'TIER_FALLBACK' as const, skippedReason: 'ALIAS_UNKNOWN' };
    await monitor.log({
      predictions: [
        prediction(1, 0.9),
        prediction(2, 0.2),
        prediction(3, 0.2),
        { ...prediction(4, 0.4), ...noProduction, version: 1 },
        { ...prediction(5, 0.4), shadowVersions: [] },
      ],
      shadowAnswers: [
        { predictionId: idOf(1), version: 3, score: 0.7, latencyMs: 1 },
        { predictionId: idOf(2), version: 3, score: 0.7, latencyMs: 3 },
        { predictionId: idOf(3), version: 3, failedReason: 'QUEUE_FULL', latencyMs: 0 },
        { predictionId: idOf(4), version: 3, score: 0.3, latencyMs: 2 },
      ],
    });
    await client.recordOutcomes({ outcomes: [{ predictionId: idOf(1), label: 1 }] });
    await monitor.kill();
    await start();
    const wanted = { model: 'm', version: 3, baselineVersion: 2 };
    const found = await client.getComparison(wanted);
    assert.deepEqual([found.expected, found.answered, found.pairs, found.flips], [4, 3, 2, 1]);
    assert.deepEqual({ ...found.failures }, { QUEUE_FULL: 1 });
    assert.deepEqual([found.labelled, found.shadowP50Ms], [1, 2]);
    assert.equal(found.lossDifferenceUpper, Number.POSITIVE_INFINITY);
    const first = await client.getComparison({ ...wanted, baselineVersion: 0 });
    assert.deepEqual([first.expected, first.pairs], [4, 1]);
    const newest = await client.getComparison({ ...wanted, requestsMax: 1 });
    assert.deepEqual([newest.expected, newest.fromMs], [1, 1_004]);
    const { receivedUntilMs } = found;
    const nowMs = systemClock.epoch();
    assert.ok(receivedUntilMs > nowMs - 60_000 && receivedUntilMs <= nowMs, `${receivedUntilMs}`);
    const all = await client.getComparison({ ...wanted, receivedFromMs: receivedUntilMs });
    assert.equal(all.expected, 4);
    // What was taken before is no traffic of now, however often it is looked at.
    const later = { ...wanted, receivedFromMs: receivedUntilMs + 1 };
    const none = await client.getComparison(later);
    assert.deepEqual([none.expected, none.receivedUntilMs], [0, 0]);
  });

  it('refuses what it does not know, by reason', async () => {
    await assert.rejects(client.getComparison({ model: 'm' }), { reason: 'INVALID_FIELD' });
    await assert.rejects(client.getSummary({ model: 'n' }), { reason: 'MODEL_UNKNOWN' });
    await assert.rejects(client.listVerdicts({ model: 'n' }), { reason: 'MODEL_UNKNOWN' });
    assert.deepEqual((await client.listVerdicts({})).verdicts, []);
    for (const predictionId of [idOf(9), 'no id', '', idOf(10).toUpperCase()]) {
      await assert.rejects(client.getPrediction({ predictionId }), {
        reason: 'PREDICTION_UNKNOWN',
      });
    }
    await assert.rejects(client.getTrace({ traceId: 'a'.repeat(32) }), {
      reason: 'TRACE_UNKNOWN',
    });
    const outcomes = [{ predictionId: idOf(1), label: Number.NaN }];
    await assert.rejects(client.recordOutcomes({ outcomes }), { reason: 'OUTCOME_INVALID' });
  });

  it('drains and leaves when it is told to', async () => {
    await monitor[Symbol.asyncDispose]();
    assert.equal(monitor.exitStatus, 0);
  });
});
