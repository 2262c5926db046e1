import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { readRegistryConfig } from './config.ts';

describe('readRegistryConfig', () => {
  it('gives the documented presets', () => {
    assert.deepEqual(readRegistryConfig({}), {
      artifactBytesMax: 536_870_912,
      uploadsMax: 4,
      watchersMax: 256,
      keepDays: 0,
      refreshMs: 100,
      registryStore: 'lmdb',
      policyDigests: new Map(),
      ramps: new Map(),
      environment: 'development',
      signingKey: undefined,
    });
  });
  it('takes what is inside the range', () => {
    assert.equal(readRegistryConfig({ artifactBytesMax: 1 }).artifactBytesMax, 1);
    assert.equal(readRegistryConfig({ uploadsMax: 1_024 }).uploadsMax, 1_024);
  });
  it('takes the URL of a Postgres as its store, and nothing else beside lmdb', () => {
    const registryStore = 'postgres://me:secret@db:5432/mlmesh';
    assert.equal(readRegistryConfig({ registryStore }).registryStore, registryStore);
    for (const wrong of ['', 'redis://x', 'postgres://', 'postgres://me:secret@db', 7]) {
      assert.throws(
        () => readRegistryConfig({ registryStore: wrong }),
        (error) =>
          error instanceof MeshError &&
          error.reason === 'INVALID_CONFIG' &&
          !error.message.includes('secret'),
      );
    }
  });
  it('takes digests of policies by model, and nothing else', () => {
    const digest = 'a'.repeat(64);
    const { policyDigests } = readRegistryConfig({ policyDigests: JSON.stringify({ m: digest }) });
    assert.deepEqual(policyDigests, new Map([['m', digest]]));
    for (const wrong of ['{', '7', '"x"', '{"m":7}', '{"m":"short"}']) {
      assert.throws(() => readRegistryConfig({ policyDigests: wrong }), {
        reason: 'INVALID_CONFIG',
      });
    }
  });
  it('takes ramps by model, and nothing else', () => {
    const ramp = { steps: [0.1, 1], holdForMs: 0 };
    assert.deepEqual(
      readRegistryConfig({ ramps: JSON.stringify({ m: ramp }) }).ramps.get('m'),
      ramp,
    );
    const wrong = [
      '{',
      '7',
      '{"m":7}',
      '{"m":{"steps":[0.1]}}',
      '{"m":{"steps":[],"holdForMs":1}}',
    ];
    const outside = [[0, 1], [0.5, 0.5], [0.5, 0.1], [1.1], ['x']].map((steps) =>
      JSON.stringify({ m: { steps, holdForMs: 1 } }),
    );
    const early = JSON.stringify({ m: { steps: [1], holdForMs: -1 } });
    for (const ramps of [...wrong, ...outside, early]) {
      assert.throws(() => readRegistryConfig({ ramps }), { reason: 'INVALID_CONFIG' });
    }
  });
  it('knows two environments', () => {
    assert.equal(readRegistryConfig({ environment: 'production' }).environment, 'production');
    assert.throws(
      () => readRegistryConfig({ environment: 'prod' }),
      (error) => error instanceof MeshError && error.reason === 'INVALID_CONFIG',
    );
  });
  it('refuses what is outside of it', () => {
    for (const uploadsMax of [0, 1_025, 1.5, '4', true]) {
      assert.throws(
        () => readRegistryConfig({ uploadsMax }),
        (error) => error instanceof MeshError && error.reason === 'INVALID_CONFIG',
      );
    }
  });
});
