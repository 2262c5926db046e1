import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ServableName } from '../ports.ts';
import { openRequestFile } from './request-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'request-file-'));
});

afterEach(() => rm(folder, { recursive: true }));

function names(count: number): readonly ServableName[] {
  return Array.from({ length: count }, (_, at) => ({ model: `model-${at}`, version: 1 }));
}

describe('openRequestFile', () => {
  it('gives back what was written, and nothing where there is no file or a torn one', async () => {
    const path = join(folder, 'deep', 'requested.json');
    const file = openRequestFile(path);
    assert.deepEqual(await file.read(), []);
    await file.write(names(3));
    assert.deepEqual(await file.read(), names(3));
    await writeFile(path, '[{"model":"a","ver');
    assert.deepEqual(await file.read(), []);
  });

  it('keeps the latest of writes that come at the same time, whole, and leaves nothing beside it', async () => {
    const file = openRequestFile(join(folder, 'requested.json'));
    for (let round = 0; round < 50; round += 1) {
      // The last one is the shortest: over a longer one it would leave a tail.
      await Promise.all([file.write(names(50)), file.write(names(20)), file.write(names(1))]);
      assert.deepEqual(await file.read(), names(1), `round ${round}`);
    }
    assert.deepEqual(await readdir(folder), ['requested.json']);
  });

  it('writes again after a write that failed', async () => {
    await writeFile(join(folder, 'busy'), '');
    const file = openRequestFile(join(folder, 'busy', 'requested.json'));
    await assert.rejects(file.write(names(1)));
    await rm(join(folder, 'busy'));
    await file.write(names(2));
    assert.deepEqual(await file.read(), names(2));
  });
});
