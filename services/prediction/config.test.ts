import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { readPredictionConfig, readProviderWish } from './config.ts';

describe('readPredictionConfig', () => {
  it('has a default for every setting', () => {
    assert.deepEqual(readPredictionConfig({}), {
      callRowsMax: 1_024,
      callBytesMax: 32 * 1_024 ** 2,
      queueBytesMax: 64 * 1_024 ** 2,
      batchDelayMs: 0,
      callsMax: Math.max(2, availableParallelism()),
      queueRowsMax: 4_096,
      shadowQueueRowsMax: 1_024,
      threadsPerServable: 1,
      memoryBytesMax: 4 * 1024 ** 3,
      requestMsMax: 30_000,
      servablesMax: 128,
      stuckMsMax: 10_000,
      artifactBytesMax: 536_870_912,
    });
  });

  it('takes what is inside its range', () => {
    assert.equal(readPredictionConfig({ callsMax: 2 }).callsMax, 2);
    assert.equal(readPredictionConfig({ callsMax: 256 }).callsMax, 256);
  });

  it('refuses what it does not know, and says what there is', () => {
    const error = {
      reason: 'INVALID_CONFIG',
      message: /no option callMax; wanted one of .*callsMax/,
    };
    assert.throws(() => readPredictionConfig({ callMax: 2 }), error);
  });

  for (const callsMax of [1, 257, 2.5, Number.NaN, '4', true]) {
    it(`refuses ${typeof callsMax} ${callsMax} as callsMax`, () => {
      const error = { code: 'INVALID_ARGUMENT', reason: 'INVALID_CONFIG', message: /callsMax/ };
      assert.throws(() => readPredictionConfig({ callsMax }), error);
    });
  }
});

describe('readProviderWish', () => {
  it('lets the service choose where nobody says', () => assert.equal(readProviderWish({}), 'auto'));
  it('takes what it knows', () =>
    assert.equal(readProviderWish({ executionProvider: 'cuda' }), 'cuda'));
  it('refuses what it does not know', () => {
    const error = { reason: 'INVALID_CONFIG', message: /auto, cpu, cuda .* got tpu/ };
    assert.throws(() => readProviderWish({ executionProvider: 'tpu' }), error);
  });
});
