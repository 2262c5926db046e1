import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servableSpec } from '../../../test/support/servable-spec.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { servableStates } from '../core/servable-state.ts';
import { repositoryIndex, versionsToMove } from './v2-repository.ts';

function refuses(work: () => unknown, message: RegExp): void {
  assert.throws(work, { code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', message });
}

describe('versionsToMove', () => {
  const config = (value: unknown) => ({ config: { stringParam: JSON.stringify(value) } });

  it('leaves the choice to the repository where nothing is named', () => {
    assert.deepEqual(versionsToMove({}), []);
    assert.deepEqual(versionsToMove({ unload_dependents: { boolParam: false } }), []);
    assert.deepEqual(versionsToMove(config({ name: 'late' })), []);
  });

  it('reads a version, and the version policy of a config', () => {
    assert.deepEqual(versionsToMove({ version: { stringParam: '2' } }), [2]);
    assert.deepEqual(versionsToMove({ version: { int64Param: '3' } }), [3]);
    const versions = [1, '4'];
    assert.deepEqual(
      versionsToMove(config({ version_policy: { specific: { versions } } })),
      [1, 4],
    );
  });

  it('refuses files, other settings, other policies and what is no version', () => {
    refuses(() => versionsToMove({ 'file:1/model.onnx': {} }), /come from the registry/);
    refuses(() => versionsToMove(config({ max_batch_size: 8 })), /max_batch_size/);
    refuses(() => versionsToMove(config({ version_policy: { latest: {} } })), /specific/);
    refuses(() => versionsToMove({ config: { stringParam: '{' } }), /a JSON object/);
    refuses(() => versionsToMove({ version: { stringParam: '0' } }), /parameters\.version/);
    refuses(() => versionsToMove({ version: { boolParam: true } }), /parameters\.version/);
  });
});

describe('repositoryIndex', () => {
  const statuses = servableStates.map((state, index) => ({
    model: 'late',
    version: index + 1,
    role: 'requested' as const,
    spec: servableSpec({ version: index + 1 }),
    state,
    error:
      state === 'failed'
        ? new MeshError({ code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT', message: 'bytes differ' })
        : undefined,
    backend: '',
    memoryBytes: 1,
    counts: undefined,
  }));

  it('names the state of each version, and why one is not there', () =>
    assert.deepEqual(
      repositoryIndex(statuses, false).map(({ version, state, reason }) => [
        version,
        state,
        reason,
      ]),
      [
        ['1', 'LOADING', ''],
        ['2', 'LOADING', ''],
        ['3', 'LOADING', ''],
        ['4', 'READY', ''],
        ['5', 'UNLOADING', ''],
        ['6', 'UNLOADING', ''],
        ['7', 'UNAVAILABLE', ''],
        ['8', 'UNAVAILABLE', 'ARTIFACT_CORRUPT: bytes differ'],
      ],
    ));

  it('gives those that are ready alone where that is asked', () =>
    assert.deepEqual(
      repositoryIndex(statuses, true).map(({ version }) => version),
      ['4'],
    ));
});
