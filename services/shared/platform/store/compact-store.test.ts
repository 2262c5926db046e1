import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../../test/support/fake-mesh.ts';
import { compactStore } from './compact-store.ts';
import { KeyValueStore } from './key-value-store.ts';

const records = 500;
const value = new Uint8Array(2_000).fill(7);

/** Fills a store and takes all but the last so many records out again. */
async function fill(directory: string, left: number): Promise<void> {
  await using files = KeyValueStore.open({ directory });
  const [table, other] = [files.table('records'), files.binaryTable('hashes')];
  await files.commit(() => {
    for (let key = 0; key < records; key += 1) table.put(key, value);
    other.put(Buffer.from([1, 2]), value);
  });
  await files.commit(() => {
    for (let key = 0; key < records - left; key += 1) table.remove(key);
  });
}

const bytesOf = (directory: string) => statSync(join(directory, 'data.mdb')).size;

describe('compactStore', () => {
  it('gives back to the disk what a store has let go of, and keeps the rest', async () => {
    using folder = temporaryFolder();
    await fill(folder.path, 20);
    const before = bytesOf(folder.path);
    const found = await compactStore(folder.path, 100_000);
    assert.equal(found?.isCompacted, true);
    assert.ok(bytesOf(folder.path) < before / 5, `${bytesOf(folder.path)} of ${before} bytes`);
    await using files = KeyValueStore.open({ directory: folder.path });
    const kept = [...files.table('records').range()].map((entry) => entry.value.length);
    assert.deepEqual(kept, Array(20).fill(value.length));
    assert.ok(files.binaryTable('hashes').has(Buffer.from([1, 2])));
    await files.commit(() => files.table('records').put(1, value));
  });

  it('leaves a store alone that is mostly full, or of which little is empty', async () => {
    using folder = temporaryFolder();
    await fill(folder.path, 400);
    assert.equal((await compactStore(folder.path, 1))?.isCompacted, false);
    using other = temporaryFolder();
    await fill(other.path, 20);
    assert.equal((await compactStore(other.path))?.isCompacted, false);
  });

  it('clears away what a process that was killed has left, and makes no store where there is none', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'data.mdb.tmp'), 'half');
    assert.equal(await compactStore(folder.path), undefined);
    assert.equal(existsSync(join(folder.path, 'data.mdb.tmp')), false);
    assert.equal(existsSync(join(folder.path, 'data.mdb')), false);
  });

  it('refuses what is no store', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'data.mdb'), 'x'.repeat(100));
    await assert.rejects(compactStore(folder.path), { reason: 'STATE_CORRUPT' });
  });
});
