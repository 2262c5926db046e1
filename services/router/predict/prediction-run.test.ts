import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answered,
  contract,
  failure,
  fallback,
  present,
  stage,
} from '../../../test/support/prediction-stage.ts';
import type { ModelContract, RowContract } from '../core/model-contract.ts';
import type { RowsFound } from '../core/version-sets.ts';
import type { FeatureAnswer } from '../ports.ts';
import { VersionBreakers } from './version-breakers.ts';

describe('PredictionRun', () => {
  it('answers from the model, with the row of features and request', () => {
    const { reads, calls, results } = stage();
    reads[0]?.onAnswer(present);
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [3, 4, 9]);
    calls[0]?.receiver.onAnswer(answered);
    assert.equal(results[0]?.tier, 'MODEL');
    assert.equal(results[0]?.version, 2);
    assert.deepEqual(results[0]?.skipped, []);
  });

  it('goes to the fallback when the model is late, and drops and counts the late answer', async () => {
    const { reads, calls, results, counts, fire } = stage({ fallback });
    reads[0]?.onAnswer(present);
    fire();
    await Promise.resolve();
    calls[0]?.receiver.onAnswer(answered);
    assert.equal(results.length, 1);
    assert.equal(results[0]?.tier, 'FALLBACK');
    assert.deepEqual(results[0]?.skipped, [
      { tier: 'MODEL', version: 2, reason: 'DEADLINE_PASSED' },
    ]);
    assert.equal(counts.lateModels, 1);
  });

  it('asks the model with defaults when the feature store is down', () => {
    const { reads, calls, results } = stage();
    reads[0]?.onFailure(failure('PEER_UNAVAILABLE'));
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [1, 2, 9]);
    calls[0]?.receiver.onAnswer(answered);
    assert.equal(results[0]?.tier, 'MODEL');
    assert.equal(results[0]?.features, undefined);
  });

  it('answers by the rules when model and fallback fail', async () => {
    const broken = { ...fallback, infer: () => Promise.reject(failure('INFERENCE_FAILED')) };
    const { reads, calls, results } = stage({ fallback: broken });
    reads[0]?.onAnswer(present);
    calls[0]?.receiver.onFailure(failure('INFERENCE_FAILED'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(results[0]?.tier, 'RULES');
    assert.deepEqual(results[0]?.outputs, [0.25]);
    assert.equal(results[0]?.because, 'mean+rate+hour');
    assert.deepEqual(
      results[0]?.skipped.map((skipped) => skipped.tier),
      ['MODEL', 'FALLBACK'],
    );
  });

  it('answers by the rules when the fallback hangs', () => {
    const hung = { ...fallback, infer: () => new Promise<Float32Array>(() => undefined) };
    const { reads, fire, results } = stage({ fallback: hung });
    reads[0]?.onAnswer(present);
    fire();
    fire();
    assert.equal(results[0]?.tier, 'RULES');
  });

  it('skips the model at once when its budget is nothing', () => {
    const { reads, results } = stage({ budgetMs: 0 });
    assert.equal(reads.length, 0);
    assert.equal(results[0]?.tier, 'RULES');
  });

  it('answers by the rules when no version serves and there is no fallback', () => {
    const { reads, results } = stage({ production: 0 });
    reads[0]?.onAnswer(present);
    assert.equal(results[0]?.tier, 'RULES');
    assert.equal(results[0]?.skipped[0]?.reason, 'ALIAS_UNKNOWN');
  });

  it('does not wait for a version that hangs, once half of its calls were late for a while', () => {
    const breakers = new VersionBreakers();
    for (let call = 0; call < 32; call += 1) {
      const { reads, fire } = stage({ breakers, nowMs: call * 20 });
      reads[0]?.onAnswer(present);
      fire();
    }
    const { reads, calls, results } = stage({ breakers, nowMs: 640 });
    reads[0]?.onAnswer(present);
    assert.equal(calls.length, 0);
    assert.equal(results[0]?.tier, 'RULES');
    assert.equal(results[0]?.skipped[0]?.reason, 'PEER_UNAVAILABLE');
  });

  it('asks on after a pause that made all calls late at once', () => {
    const breakers = new VersionBreakers();
    for (let call = 0; call < 200; call += 1) {
      const { reads, fire } = stage({ breakers });
      reads[0]?.onAnswer(present);
      fire();
    }
    const { reads, calls } = stage({ breakers, nowMs: 60 });
    reads[0]?.onAnswer(present);
    assert.equal(calls.length, 1);
  });

  const brokenRules: readonly (readonly [string, ModelContract['rules']])[] = [
    [
      'throw',
      () => {
        throw new Error('author');
      },
    ],
    ['give NaN', () => ({ outputs: [Number.NaN], because: '' })],
    ['give more than 1', () => ({ outputs: [1.5], because: '' })],
    ['give nothing', () => ({ outputs: [], because: '' })],
  ];
  for (const [what, rules] of brokenRules) {
    it(`fails with a reason when the rules ${what}, and does not throw out of a timer`, () => {
      const { reads, fire, results, failures, counts } = stage({ rules });
      reads[0]?.onAnswer(present);
      assert.doesNotThrow(fire);
      assert.equal(results.length, 0);
      assert.equal(failures[0]?.reason, 'RULES_FAILED');
      assert.equal(counts.rulesFailed, 1);
    });
  }

  it('fails with a reason when the rules of the control cohort throw', () => {
    const [, rules] = brokenRules[0] ?? assert.fail();
    const { reads, failures } = stage({
      rules,
      assignment: { role: 'CONTROL', version: undefined },
    });
    reads[0]?.onAnswer(present);
    assert.equal(failures[0]?.reason, 'RULES_FAILED');
  });

  it('fails instead of asking the rules where the policy says so', async () => {
    const broken = { ...fallback, infer: () => Promise.reject(failure('INFERENCE_FAILED')) };
    const { reads, calls, results, failures } = stage({
      fallback: broken,
      onFallbackError: 'error',
    });
    reads[0]?.onAnswer(present);
    calls[0]?.receiver.onFailure(failure('INFERENCE_FAILED'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(results.length, 0);
    assert.equal(failures[0]?.reason, 'INFERENCE_FAILED');
  });

  it('leaves the rules time before the deadline of the caller when the fallback hangs', () => {
    const hung = { ...fallback, infer: () => new Promise<Float32Array>(() => undefined) };
    const { reads, calls, timers } = stage({ fallback: hung, deadlineMs: 10 });
    reads[0]?.onAnswer(present);
    calls[0]?.receiver.onFailure(failure('INFERENCE_FAILED'));
    // Twice the reserve would be 14 ms: later than the caller waits.
    assert.equal(timers.at(-1)?.delayMs, 8);
  });

  it('says that there was no fallback', () => {
    const { reads, fire, results } = stage();
    reads[0]?.onAnswer(present);
    fire();
    assert.deepEqual(
      results[0]?.skipped.map(({ tier, reason }) => [tier, reason]),
      [
        ['MODEL', 'DEADLINE_PASSED'],
        ['FALLBACK', 'MODEL_NOT_READY'],
      ],
    );
  });

  it('does not ask the model when more features are missing than the policy allows', () => {
    const strict = { ...contract.policy, missingShareMax: 0.4 };
    const sparse = { ...present, statuses: Uint8Array.of(0, 1) };
    const { reads, calls, results } = stage({ policy: strict });
    reads[0]?.onAnswer(sparse);
    assert.equal(calls.length, 0);
    assert.equal(results[0]?.skipped[0]?.reason, 'FEATURES_MISSING');
  });
});

/** Rows of another feature set: its keys are the other way round, and it has one column of a view and none of the request. */
const earlierContract: RowContract = {
  ...contract,
  joinKeys: ['destination', 'origin'],
  featureSetHash: 'earlier',
  viewColumns: ['mean'],
  viewDefaults: Float64Array.of(7),
  requestColumns: [],
  computeRequest: () => new Float64Array(0),
};
const earlier: RowsFound = {
  kind: 'rows',
  rows: { contract: earlierContract, keyIndexes: [1, 0] },
};
const refused: RowsFound = { kind: 'refused', reason: 'REQUEST_FEATURE_MISSING' };
const ofEarlier: FeatureAnswer = {
  values: Float64Array.of(5),
  statuses: new Uint8Array(1),
  logOffset: 7,
};

describe('PredictionRun of a version that was trained on an earlier feature set', () => {
  it('asks for that set, by its keys, and gives the version the row that it was trained on', () => {
    const { queries, reads, calls, results } = stage({
      rows: { model: earlier, fallback: earlier },
    });
    assert.equal(queries.length, 1);
    assert.deepEqual([queries[0]?.featureSetHash, queries[0]?.keys], ['earlier', ['', 'ORD']]);
    reads[0]?.onAnswer(ofEarlier);
    assert.deepEqual([...(calls[0]?.query.row ?? [])], [5]);
    assert.equal(calls[0]?.query.featureSetHash, 'earlier');
    calls[0]?.receiver.onAnswer(answered);
    assert.equal(results[0]?.rows.contract, earlierContract);
    assert.equal(results[0]?.features, ofEarlier);
  });

  it('gives the fallback a row of its own set when that is another one', async () => {
    const rows: Float32Array[] = [];
    const infer = (row: Float32Array) => {
      rows.push(row);
      return fallback.infer(row);
    };
    const { queries, reads, fire, results } = stage({
      fallback: { ...fallback, infer },
      rows: { fallback: earlier },
    });
    assert.deepEqual(
      queries.map(({ featureSetHash }) => featureSetHash),
      ['h', 'earlier'],
    );
    reads[0]?.onAnswer(present);
    reads[1]?.onAnswer(ofEarlier);
    fire();
    await Promise.resolve();
    assert.deepEqual([...(rows[0] ?? [])], [5]);
    assert.equal(results[0]?.features, ofEarlier);
    assert.equal(results[0]?.rows.contract, earlierContract);
  });

  it('says why when its rows cannot be made, and goes to the fallback', async () => {
    const { reads, calls, results } = stage({ fallback, rows: { model: refused } });
    reads[0]?.onAnswer(present);
    await Promise.resolve();
    assert.equal(calls.length, 0);
    assert.equal(results[0]?.tier, 'FALLBACK');
    assert.equal(results[0]?.skipped[0]?.reason, 'REQUEST_FEATURE_MISSING');
  });

  it('does not take defaults for the features of a set that nobody serves any more', () => {
    const { reads, calls, results } = stage({ fallback, rows: { fallback: refused } });
    reads[0]?.onFailure(failure('FEATURE_SET_UNKNOWN'));
    assert.equal(calls.length, 0);
    assert.deepEqual(
      results[0]?.skipped.map(({ reason }) => reason),
      ['FEATURE_SET_UNKNOWN', 'REQUEST_FEATURE_MISSING'],
    );
  });
});
