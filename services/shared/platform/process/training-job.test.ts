import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../kernel/mesh-error.ts';
import { parseTrainingJobConfig, parseTrainingMessage } from './training-job.ts';

const config = {
  meshModule: '/data/mesh.mjs',
  model: 'flight-delay',
  featureAddress: '127.0.0.1:1',
  registryAddress: '127.0.0.1:2',
  trainedBy: 'somebody',
  reproducedVersion: 0,
};

describe('parseTrainingJobConfig', () => {
  it('gives what was written', () => {
    assert.deepEqual(parseTrainingJobConfig(JSON.stringify(config)), config);
  });

  it('names the field that is missing, and refuses what is no object', () => {
    const isInvalid = (error: unknown) =>
      error instanceof MeshError && error.reason === 'INVALID_CONFIG';
    for (const text of [undefined, '', 'null', '3', '{}']) {
      assert.throws(() => parseTrainingJobConfig(text), isInvalid);
    }
    const without = JSON.stringify({ ...config, registryAddress: '' });
    assert.throws(() => parseTrainingJobConfig(without), /'registryAddress'/);
    const half = JSON.stringify({ ...config, reproducedVersion: 1.5 });
    assert.throws(() => parseTrainingJobConfig(half), /'reproducedVersion'.*1\.5/);
  });
});

describe('parseTrainingMessage', () => {
  it('gives each kind', () => {
    const messages = [
      { kind: 'progress', stage: 'train', done: 1, total: 0, detail: '' },
      { kind: 'finished', versions: [], moves: [] },
      { kind: 'reproduced', items: [], differences: [] },
      { kind: 'failed', code: 'INTERNAL', reason: 'TRAINING_FAILED', message: 'no' },
    ];
    for (const message of messages) assert.deepEqual(parseTrainingMessage(message), message);
  });

  it('gives undefined for what is none of them', () => {
    const others = [
      undefined,
      null,
      'progress',
      {},
      { kind: 'other' },
      { kind: 'progress', done: '1', total: 2 },
      { kind: 'finished' },
      { kind: 'reproduced', items: [] },
      { kind: 'failed', code: 'NO_CODE', reason: 'TRAINING_FAILED' },
      { kind: 'failed', code: 'INTERNAL', reason: 'NO_REASON' },
    ];
    for (const other of others) assert.equal(parseTrainingMessage(other), undefined);
  });
});
