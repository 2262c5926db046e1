import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type HostedVersion, readyVersions } from './ready-versions.ts';

const hosted = (version: number, state: HostedVersion['state'], model = 'm'): HostedVersion => ({
  model,
  version,
  state,
});

describe('readyVersions', () => {
  it('gives what the only replica has ready', () => {
    const replica = [hosted(1, 'ready'), hosted(2, 'loading'), hosted(3, 'other')];
    assert.deepEqual(readyVersions([replica], 'm'), [1]);
    assert.deepEqual(readyVersions([[hosted(1, 'ready', 'other model')]], 'm'), []);
    assert.deepEqual(readyVersions([], 'm'), []);
  });

  it('waits for a replica that is loading a version', () => {
    const replicas = [
      [hosted(1, 'ready'), hosted(2, 'ready')],
      [hosted(1, 'ready'), hosted(2, 'loading')],
    ];
    assert.deepEqual(readyVersions(replicas, 'm'), [1]);
  });

  it('does not wait for a replica where a version has failed, or that has just begun', () => {
    assert.deepEqual(readyVersions([[hosted(1, 'ready')], [hosted(1, 'other')]], 'm'), [1]);
    assert.deepEqual(readyVersions([[hosted(1, 'ready')], []], 'm'), [1]);
  });
});
