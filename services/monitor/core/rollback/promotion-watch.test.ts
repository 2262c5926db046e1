import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PromotionWatch, type WatchedRequest } from './promotion-watch.ts';

const promotion = { model: 'm', version: 3, previousVersion: 2, generation: 7 };
const startMs = 1_000_000;
const watched = (countedFromMs = 0) => new PromotionWatch(promotion, 50, countedFromMs);
const request = (predictionId: string, change: Partial<WatchedRequest> = {}): WatchedRequest => ({
  predictionId,
  receivedAtMs: startMs,
  role: 'GUARDED',
  assignedVersion: 3,
  failure: '',
  modelMs: 4,
  modelBudgetMs: 45,
  shadowVersions: [2],
  ...change,
});
const shadow = (predictionId: string, failure = '', latencyMs = 4, version = 2) => ({
  predictionId,
  version,
  failure,
  latencyMs,
});
const settledMs = startMs + 7_000;

describe('PromotionWatch', () => {
  it('counts the version on its requests and the one before on the same, once each', () => {
    const watch = watched();
    watch.request(request('a'));
    watch.request(request('b', { failure: 'TENSOR_NOT_FINITE' }));
    watch.request(request('c', { shadowVersions: [] }));
    for (const id of ['a', 'b', 'a', 'c']) watch.shadow(shadow(id));
    const { current, previous, countedUntilMs } = watch.inputsAt(settledMs);
    assert.deepEqual(current.fiveMinutes, {
      requests: 3,
      errors: 1,
      timeouts: 0,
      fallbacks: 1,
      slow: 0,
    });
    assert.equal(previous.fiveMinutes.requests, 2);
    assert.equal(countedUntilMs, startMs);
  });
  it('holds the version before to the budget of the request that it shadowed', () => {
    const watch = watched();
    watch.request(request('a', { modelBudgetMs: 30 }));
    watch.request(request('b', { modelBudgetMs: 40 }));
    watch.shadow(shadow('a', '', 35));
    watch.shadow(shadow('b', '', 35));
    assert.equal(watch.inputsAt(settledMs).previous.fiveMinutes.timeouts, 1);
  });
  it('leaves out other versions, other roles, and what came before it began', () => {
    const watch = watched(startMs);
    watch.request(request('a', { assignedVersion: 2 }));
    watch.request(request('b', { role: 'OTHER' }));
    watch.request(request('c', { receivedAtMs: startMs - 1 }));
    watch.request(request('d'));
    watch.shadow(shadow('d', '', 4, 9));
    const { current, previous } = watch.inputsAt(settledMs);
    assert.deepEqual([current.fiveMinutes.requests, previous.fiveMinutes.requests], [1, 0]);
  });
  it('counts the control cohort for the version before where that is what it gets', () => {
    const watch = watched();
    watch.request(request('a', { role: 'BESIDE', assignedVersion: 2, shadowVersions: [] }));
    watch.request(request('b', { role: 'BESIDE', assignedVersion: 0, shadowVersions: [] }));
    assert.equal(watch.inputsAt(settledMs).previous.fiveMinutes.requests, 1);
  });
  it('looks at stretches that are over and settled alone', () => {
    const watch = watched();
    watch.request(request('a'));
    assert.equal(watch.inputsAt(settledMs - 1).current.fiveMinutes.requests, 0);
    assert.equal(watch.inputsAt(settledMs).current.fiveMinutes.requests, 1);
  });
  it('gathers the evidence of failures that are more frequent, each stretch once', () => {
    const watch = watched();
    for (let index = 0; index < 100; index += 1) {
      const failure = index % 2 === 0 ? 'INFERENCE_FAILED' : '';
      watch.request(request(`a${index}`, { failure }));
      watch.shadow(shadow(`a${index}`));
    }
    const first = watch.inputsAt(settledMs).rateRatios.errors;
    assert.ok(Math.max(...first.logEvidence) > 20);
    assert.deepEqual(watch.inputsAt(settledMs + 1_000).rateRatios.errors, first);
  });
  it('finds harm by known outcomes, and takes a pair that is told twice once', () => {
    const watch = watched();
    for (let index = 0; index < 200; index += 1) {
      const pair = {
        entity: `e${index % 40}`,
        currentScore: 0.8 + (index % 10) / 100,
        previousScore: 0.2,
        label: index % 5 === 0 ? 1 : 0,
      };
      watch.pair(`p${index}`, pair);
      watch.pair(`p${index}`, pair);
    }
    const { count, entities, difference, harmPValue } = watch.harm.find(0.01, 0.01);
    assert.deepEqual([count, entities], [200, 40]);
    assert.ok(difference > 0.3 && harmPValue < 0.01, `${difference} ${harmPValue}`);
  });
});
