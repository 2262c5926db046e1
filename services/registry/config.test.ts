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
      environment: 'development',
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
