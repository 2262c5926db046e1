import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { blindDesk } from '../../../test/support/blind-desk.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { policy } from '../../shared/definition/policy.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { LmdbPredictions } from '../adapters/lmdb-predictions.ts';
import { LmdbVerdicts } from '../adapters/lmdb-verdicts.ts';
import type { GuardVerdict } from '../core/verdict-record.ts';
import type { StoredPrediction, StoredShadow } from '../ports.ts';
import type { ReleaseControl, ReleasePosition, RollbackOrder } from '../release-ports.ts';
import { explainVerdict, knownVerdict, listVerdicts } from '../rpc/verdict-response.ts';
import { CanaryVerdicts } from './canary-verdicts.ts';
import { GuardAlerts } from './guard-alerts.ts';
import { GuardLoop } from './guard-loop.ts';
import { PromotionWatches } from './promotion-watches.ts';
import { recountVerdict } from './recount-verdict.ts';

const model = 'm';
const { signal } = new AbortController();
const idOf = (sequence: number) => `0123456789abcdef-${sequence.toString(16).padStart(12, '0')}`;

/** A registry that moves production back when it is asked to. */
class FakeReleases implements ReleaseControl {
  readonly orders: string[] = [];
  stands: ReleasePosition = {
    model,
    version: 3,
    previousVersion: 2,
    generation: 7,
    isPreviousQuarantined: false,
    isPreviousReady: true,
  };

  position(): Promise<ReleasePosition> {
    return Promise.resolve(this.stands);
  }

  rollback({ fromVersion, reason }: RollbackOrder): Promise<number> {
    this.orders.push(`back from ${fromVersion}: ${reason}`);
    const { previousVersion, generation } = this.stands;
    this.stands = {
      ...this.stands,
      version: previousVersion,
      previousVersion: 0,
      generation: generation + 1,
    };
    return Promise.resolve(generation + 1);
  }

  quarantine({ fromVersion }: RollbackOrder): Promise<void> {
    this.orders.push(`quarantine ${fromVersion}`);
    return Promise.resolve();
  }
}

describe('GuardLoop', () => {
  let directory: string;
  let files: KeyValueStore;
  let clock: ManualClock;
  let store: LmdbPredictions;
  let verdicts: LmdbVerdicts;
  let releases: FakeReleases;
  let watches: PromotionWatches;
  let sequence = 0;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mlmesh-guard-'));
    files = KeyValueStore.open({ directory });
    store = new LmdbPredictions(files, { predictionsMax: 100_000, now: () => 0 });
    verdicts = new LmdbVerdicts(files, 100);
    releases = new FakeReleases();
    clock = new ManualClock();
    sequence = 0;
    await clock.advance(1_000_000);
  });
  afterEach(async () => {
    await files[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  function loopWith(autoRollback = true, isOfCanaries?: true): GuardLoop {
    const models = new Map([[model, policy({ cohortBy: [], autoRollback })]]);
    watches = new PromotionWatches(store, models, isOfCanaries ? 'ROLE_CANARY' : undefined);
    return new GuardLoop({
      clock,
      models,
      watches,
      releases,
      verdicts: isOfCanaries ? new CanaryVerdicts(verdicts) : verdicts,
      ...(isOfCanaries ? { isOfCanaries } : {}),
      businessOf: () => undefined,
      onError: (_model, error) => assert.fail(String(error)),
      onRollback: () => undefined,
      blameOf: (verdict) => blindDesk.ofVerdict(verdict, clock.epoch()),
    });
  }

  const predictionOf = (
    predictionId: string,
    entity: string,
    skippedReason: string,
  ): StoredPrediction => ({
    predictionId,
    model,
    tier: skippedReason === '' ? 'TIER_MODEL' : 'TIER_FALLBACK',
    version: skippedReason === '' ? 3 : 1,
    role: 'ROLE_PRODUCTION',
    score: 0.2,
    keys: [entity],
    stamp: null,
    values: Buffer.alloc(0),
    statuses: Buffer.alloc(0),
    requestValues: Buffer.alloc(0),
    latencyMs: 5,
    skippedReason,
    traceId: '',
    atMs: 1,
    shadowVersions: [2],
    receivedAtMs: clock.epoch(),
    assignedVersion: 3,
    modelMs: 4,
    modelBudgetMs: 45,
    intake: 1,
  });

  /** Serves requests of version 3, with version 2 beside every one, and tells both stores. */
  async function serve(
    requests: number,
    isFailing: (index: number) => boolean,
    change: Partial<StoredPrediction> & { readonly isTold?: false } = {},
  ) {
    const { isTold = true, ...changed } = change;
    const predictions: StoredPrediction[] = [];
    const shadows: StoredShadow[] = [];
    for (let index = 0; index < requests; index += 1) {
      const predictionId = idOf(sequence++);
      const skippedReason = isFailing(index) ? 'TENSOR_NOT_FINITE' : '';
      const prediction = predictionOf(predictionId, `e${index % 40}`, skippedReason);
      predictions.push({ ...prediction, ...changed });
      shadows.push({ predictionId, version: 2, score: 0.2, result: 'score', latencyMs: 4 });
    }
    await store.append(predictions, shadows);
    if (!isTold) return;
    for (const prediction of predictions) watches.prediction(prediction);
    for (const shadow of shadows) watches.shadow(shadow);
  }

  function guardVerdict(id: string | undefined): GuardVerdict {
    const found = knownVerdict(verdicts, id ?? '');
    assert.equal(found.kind, 'guard');
    return found;
  }

  const alertsOf = (loop: GuardLoop) =>
    new GuardAlerts({ models: [model], loop, verdicts }).firing(clock.epoch());

  it('keeps a version that does as well as the one before, and stores that once a minute', async () => {
    const loop = loopWith();
    await loop.look(model, signal);
    for (let second = 0; second < 65; second += 1) {
      await serve(20, () => false);
      await clock.advance(1_000);
      await loop.look(model, signal);
    }
    assert.deepEqual(releases.orders, []);
    assert.deepEqual(alertsOf(loop), []);
    const stored = listVerdicts(verdicts, { model, verdictsMax: 0 });
    assert.deepEqual(
      stored.map(({ decision }) => decision),
      ['keep', 'keep'],
    );
  });

  it('takes a version back that fails where the one before does not, once, and says why', async () => {
    const loop = loopWith();
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    const [back, bad, ...others] = releases.orders;
    assert.match(
      back ?? '',
      /^back from 3: automatic, v\w+-guard-m: .*errors: 150 of 300 against 0 of 300 of version 2/,
    );
    assert.deepEqual([bad, others], ['quarantine 3', []]);
    await loop.look(model, signal);
    const [alert, ...none] = alertsOf(loop);
    assert.deepEqual(none, []);
    assert.deepEqual([alert?.rule, alert?.subject], ['automatic-rollback', 'version 3']);
    assert.match(alert?.message ?? '', /errors: 150 of 300 .*`mlmesh explain v\w+-guard-m`/);
    assert.deepEqual([alert?.evidence['errors'], alert?.evidence['previous_errors']], [150, 0]);
  });

  it('takes a version back whose answers take 100 ms longer, within their budget or not', async () => {
    for (const [modelBudgetMs, found] of [
      [245, /answers that take more than twice as long: 200 of 400 against 0 of 400/],
      [45, /answers after their budget: 200 of 400 against 0 of 400/],
    ] as const) {
      const loop = loopWith();
      releases.stands = { ...releases.stands, version: 3, previousVersion: 2 };
      await loop.look(model, signal);
      await serve(200, () => false);
      // A stretch later what is slow is known.
      await clock.advance(8_000);
      await loop.look(model, signal);
      await serve(200, () => false, { modelMs: 104, modelBudgetMs });
      await clock.advance(8_000);
      await loop.look(model, signal);
      assert.match(releases.orders.at(-2) ?? '', found);
      await clock.advance(3_600_000);
    }
  });

  it('takes a canary from its callers that fails where production does not beside it, and leaves production as it is', async () => {
    const loop = loopWith(true, true);
    await loop.look(model, signal);
    const canary = { role: 'ROLE_CANARY', shadowVersions: [] } as const;
    const beside = { role: 'ROLE_PRODUCTION', version: 2, assignedVersion: 2 } as const;
    await serve(200, () => false, { ...beside, shadowVersions: [] });
    await serve(60, () => false, canary);
    await clock.advance(8_000);
    await loop.look(model, signal);
    assert.deepEqual(releases.orders, []);
    await serve(60, () => true, canary);
    await clock.advance(8_000);
    await loop.look(model, signal);
    const [back, bad, ...others] = releases.orders;
    assert.match(
      back ?? '',
      /^back from 3: automatic, v\w+-canary-m: errors: 60 of 120 against 0 of 200 of version 2/,
    );
    assert.deepEqual([bad, others], ['quarantine 3', []]);
    const canaries = new CanaryVerdicts(verdicts);
    assert.equal(verdicts.lastRollback(model), undefined);
    assert.deepEqual(canaries.lastRollback(model)?.fromVersion, 3);
    await loop.look(model, signal);
    const alerts = { models: [model], loop, verdicts: canaries, isOfCanaries: true as const };
    const [alert] = new GuardAlerts(alerts).firing(clock.epoch());
    assert.match(
      alert?.message ?? '',
      /^canary version 3 was taken from its callers, who get version 2 again, by itself: errors: 60 of 120/,
    );
    const verdict = guardVerdict(canaries.lastRollback(model)?.verdictId);
    const recounts = await recountVerdict({ store, clock }, verdict, signal);
    assert.equal(explainVerdict(verdict, recounts).isSame, true);
    assert.equal(recounts.length, 8);
    for (const { name, stored, counted } of recounts) assert.equal(stored, counted, name);
  });

  it('tells of the rollback after a restart as well, until somebody promotes another version', async () => {
    const loop = loopWith();
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    const again = loopWith();
    await again.look(model, signal);
    assert.equal(alertsOf(again).length, 1);
    releases.stands = { ...releases.stands, version: 4, previousVersion: 2, generation: 9 };
    await again.look(model, signal);
    await serve(1, () => false, { isTold: false });
    const request = store.prediction(idOf(sequence - 1));
    assert.ok(request);
    watches.prediction({ ...request, assignedVersion: 4 });
    await again.look(model, signal);
    assert.deepEqual(alertsOf(again), []);
  });

  it('loses nothing by a restart: what the log holds is counted again, and what is told twice once', async () => {
    loopWith();
    await serve(300, (index) => index % 2 === 0);
    const loop = loopWith();
    await serve(1, () => false, { isTold: false });
    const last = store.prediction(idOf(sequence - 1));
    assert.ok(last);
    await clock.advance(8_000);
    await loop.look(model, signal);
    watches.prediction(last);
    assert.equal(releases.orders.length, 2);
    const [verdict] = listVerdicts(verdicts, { model, verdictsMax: 1 });
    assert.equal(verdict?.figures?.['requests'], 301);
  });

  it('only tells where the policy says so', async () => {
    const loop = loopWith(false);
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    assert.deepEqual(releases.orders, []);
    assert.deepEqual(
      alertsOf(loop).map(({ rule }) => rule),
      ['rollback-advised'],
    );
  });

  it('does not go back to a version that is not loaded, and says so', async () => {
    const loop = loopWith();
    releases.stands = { ...releases.stands, isPreviousReady: false };
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    assert.deepEqual(releases.orders, []);
    const [alert] = alertsOf(loop);
    assert.equal(alert?.rule, 'rollback-held');
    assert.match(alert.message, /since version 2 is not verified/);
  });

  it('holds within the cool-down, and freezes what it took back to', async () => {
    const loop = loopWith();
    await verdicts.keepRollback({
      model,
      fromVersion: 9,
      toVersion: 8,
      generation: 1,
      atMs: clock.epoch() - 60_000,
      verdictId: 'v',
      statement: 's',
    });
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    assert.match(alertsOf(loop)[0]?.message ?? '', /the last rollback was 68 s ago/);
    await verdicts.keepRollback({
      model,
      fromVersion: 4,
      toVersion: 3,
      generation: 7,
      atMs: 0,
      verdictId: 'v',
      statement: 's',
    });
    await loop.look(model, signal);
    assert.deepEqual(
      alertsOf(loop).map(({ rule }) => rule),
      ['automatic-rollback', 'rollback-frozen'],
    );
    assert.deepEqual(releases.orders, []);
  });

  it('can decide every verdict again, and count it again from the log', async () => {
    const loop = loopWith();
    await loop.look(model, signal);
    await serve(300, (index) => index % 2 === 0);
    await clock.advance(8_000);
    await loop.look(model, signal);
    const [listed] = listVerdicts(verdicts, { model, verdictsMax: 1 });
    const verdict = guardVerdict(listed?.verdictId);
    const recounts = await recountVerdict({ store, clock }, verdict, signal);
    const { isSame, again, attribution } = explainVerdict(verdict, recounts);
    assert.equal(isSame, true);
    assert.equal(attribution?.cause, 'model');
    assert.match(attribution.text ?? '', /errors 150 of 300 against 0 of 300/);
    assert.equal(again?.decision, 'rollback');
    assert.equal(recounts.length, 8);
    for (const { name, stored, counted } of recounts) assert.equal(stored, counted, name);
    const { record } = verdict;
    const other = {
      ...verdict,
      record: { ...record, inputs: { ...record.inputs, rollbacksOfPromotion: 1 } },
    };
    assert.equal(explainVerdict(other, []).isSame, false);
    assert.throws(() => knownVerdict(verdicts, 'v'), { reason: 'VERDICT_UNKNOWN' });
  });

  it('keeps a limited number of verdicts', async () => {
    const loop = loopWith();
    await loop.look(model, signal);
    await serve(1, () => false);
    await loop.look(model, signal);
    const [listed] = listVerdicts(verdicts, { model, verdictsMax: 1 });
    const verdict = guardVerdict(listed?.verdictId);
    const small = new LmdbVerdicts(files, 3);
    for (let index = 0; index < 9; index += 1) {
      await small.append({ ...verdict, id: `v00000000${index}-guard-m` });
    }
    assert.equal([...small.newest()].length, 3);
  });
});
