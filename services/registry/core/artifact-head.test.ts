import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { checkArtifactHead } from './artifact-head.ts';

const tells = (text: string) => (error: unknown) =>
  error instanceof MeshError &&
  error.reason === 'ARTIFACT_UNSUPPORTED' &&
  error.message.includes(text);

describe('checkArtifactHead', () => {
  it('lets models of its formats pass', () => {
    checkArtifactHead('onnx', Buffer.from([0x08, 0x08, 0x12, 0x06]));
    checkArtifactHead('tfjs', Buffer.from('MLTF0001'));
    checkArtifactHead('saved-model', Buffer.from('MLFD0001'));
  });
  it('says what else it got', () => {
    for (const [hex, text] of [
      ['80049500', 'pickle'],
      ['504b0304', 'zip'],
      ['1f8b0800', 'gzip'],
      ['894844460d0a1a0a', 'HDF5'],
      ['23212f62', '23212f62'],
      ['425a6839', 'bzip2'],
      [`${'00'.repeat(257)}7573746172`, 'tar'],
      ['', 'begins'],
      ['08', '08'],
      ['0800', '0800'],
      ['0880', '0880'],
    ] as const) {
      assert.throws(() => checkArtifactHead('onnx', Buffer.from(hex, 'hex')), tells(text));
    }
  });
  it('refuses a model of another format than it says', () => {
    assert.throws(() => checkArtifactHead('tfjs', Buffer.from([8, 8])), tells('0808'));
    assert.throws(() => checkArtifactHead('onnx', Buffer.from('MLTF0001')), tells('4d4c'));
    assert.throws(() => checkArtifactHead('tfjs', Buffer.from('MLTF000')), tells('4d4c'));
    assert.throws(() => checkArtifactHead('tfjs', Buffer.from('MLFD0001')), tells('4d4c4644'));
    assert.throws(
      () => checkArtifactHead('saved-model', Buffer.from('MLTF0001')),
      tells('4d4c5446'),
    );
    assert.throws(
      () => checkArtifactHead('saved-model', Buffer.from([8, 1])),
      tells('saved-model'),
    );
  });
});
