import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { FolderArtifacts } from './folder-artifacts.ts';

const bytes = Buffer.from('an artifact in two chunks');
const digest = createHash('sha256').update(bytes).digest('hex');
const artifact = { digest, bytes: bytes.length };
const { signal } = new AbortController();

function storeOf(
  folder: string,
  content: Buffer,
  artifactBytesMax = 1_000,
  clock: Clock = systemClock,
) {
  const downloads: string[] = [];
  const source = {
    async *download(wanted: string) {
      downloads.push(wanted);
      yield await Promise.resolve(content.subarray(0, 5));
      yield content.subarray(5);
    },
  };
  return {
    downloads,
    store: new FolderArtifacts({ folder, source, clock, artifactBytesMax }),
  };
}

describe('FolderArtifacts', () => {
  it('downloads an artifact once', async () => {
    using folder = temporaryFolder();
    const { store, downloads } = storeOf(join(folder.path, 'new'), bytes);
    const path = await store.fetch(artifact, signal);
    assert.deepEqual(readFileSync(path), bytes);
    assert.equal(await store.fetch(artifact, signal), path);
    assert.deepEqual(downloads, [digest]);
  });

  it('downloads again what was damaged on disk', async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(join(folder.path, digest), 'damaged');
    const { store, downloads } = storeOf(folder.path, bytes);
    assert.deepEqual(readFileSync(await store.fetch(artifact, signal)), bytes);
    assert.equal(downloads.length, 1);
  });

  it('refuses bytes of another digest, and leaves no file behind', async () => {
    using folder = temporaryFolder();
    const { store } = storeOf(folder.path, Buffer.from('something else'));
    const error = { code: 'DATA_LOSS', reason: 'ARTIFACT_CORRUPT' };
    await assert.rejects(store.fetch(artifact, signal), error);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('refuses what is larger than the limit, said or not, and leaves no file behind', async () => {
    using folder = temporaryFolder();
    const { store, downloads } = storeOf(folder.path, bytes, 10);
    const error = { code: 'RESOURCE_EXHAUSTED', reason: 'ARTIFACT_TOO_LARGE' };
    await assert.rejects(store.fetch(artifact, signal), error);
    assert.deepEqual(downloads, []);
    await assert.rejects(store.fetch({ digest, bytes: 1 }, signal), error);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('rests after each chunk for twice what it took, 20 ms at the most', async () => {
    using folder = temporaryFolder();
    // What each look at the clock says: a chunk of 3 ms, then one of 50.
    const times = [0, 3, 10, 60, 80];
    const rests: number[] = [];
    const clock: Clock = {
      ...{ monotonic: () => monotonicMs(times.shift() ?? 0), epoch: () => epochMs(0) },
      sleep: (duration) => Promise.resolve(void rests.push(duration)),
    };
    await storeOf(folder.path, bytes, 1_000, clock).store.fetch(artifact, signal);
    assert.deepEqual(rests, [6, 20]);
  });

  it('leaves no file behind when it is told to stop while it rests', async () => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    const clock: Clock = {
      ...{ monotonic: () => systemClock.monotonic(), epoch: () => epochMs(0) },
      sleep: (duration, until) => {
        stop.abort(new Error('told to stop'));
        return systemClock.sleep(duration, until);
      },
    };
    const { store } = storeOf(folder.path, bytes, 1_000, clock);
    await assert.rejects(store.fetch(artifact, stop.signal), /told to stop/);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('takes what has exactly the limit', async () => {
    using folder = temporaryFolder();
    const { store } = storeOf(folder.path, bytes, bytes.length);
    assert.deepEqual(readFileSync(await store.fetch(artifact, signal)), bytes);
  });
});
