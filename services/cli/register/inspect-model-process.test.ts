import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { testModel } from '../../../test/support/test-model.ts';
import { inspectModel } from './inspect-model.ts';
import { packSavedModel } from './pack-saved-model.ts';

describe('inspectModel', () => {
  const place = temporaryFolder();
  const { signal } = new AbortController();
  after(() => place[Symbol.dispose]());

  const fileOf = (name: string, bytes: Uint8Array) => {
    const path = join(place.path, name);
    writeFileSync(path, bytes);
    return path;
  };

  it('gives names, datatypes and shapes of either format', async () => {
    for (const format of ['onnx', 'tfjs'] as const) {
      const path = fileOf(`model.${format}`, testModel({ format }).bytes);
      const { inputs, outputs } = await inspectModel({ path, format, name: 'it' }, signal);
      assert.deepEqual(
        [...inputs, ...outputs].map(({ dataType, shape }) => [dataType, shape]),
        [
          ['FP32', [-1, 4]],
          ['FP32', [-1, 1]],
        ],
      );
    }
  });
  it('reads the signature of a SavedModel without TensorFlow', async () => {
    const { artifact } = await packSavedModel('test/support/scaled-saved-model');
    const path = fileOf('model.saved-model', artifact);
    const found = await inspectModel({ path, format: 'saved-model', name: 'it' }, signal);
    assert.deepEqual(
      [...found.inputs, ...found.outputs].map(({ name }) => name),
      ['factor', 'values', 'scores', 'texts'],
    );
  });
  it('refuses what can not be opened, by reason', async () => {
    for (const format of ['onnx', 'tfjs', 'saved-model'] as const) {
      const path = fileOf(`noise.${format}`, Buffer.alloc(4_096, 8));
      await assert.rejects(inspectModel({ path, format, name: 'noise' }, signal), {
        reason: 'ARTIFACT_UNSUPPORTED',
        message: /wanted a model that can be served, got noise: /,
      });
    }
  });
  it('ends the process that reads when nobody waits any more', async () => {
    const path = join(place.path, 'endless.onnx');
    execFileSync('mkfifo', [path]);
    const leaving = new AbortController();
    const reading = inspectModel({ path, format: 'onnx', name: 'endless' }, leaving.signal);
    setTimeout(() => leaving.abort(new Error('left')), 500);
    await assert.rejects(reading, /left/);
  });
});
