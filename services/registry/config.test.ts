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
    });
  });
  it('takes what is inside the range', () => {
    assert.equal(readRegistryConfig({ artifactBytesMax: 1 }).artifactBytesMax, 1);
    assert.equal(readRegistryConfig({ uploadsMax: 1_024 }).uploadsMax, 1_024);
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
