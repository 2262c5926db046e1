import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { KeyValueStore } from './key-value-store.ts';
import { isOpening, openBesideWriter } from './store-opening.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-opening-'));

after(() => rmSync(folder, { recursive: true }));

describe('openBesideWriter', () => {
  it('opens while no commit begins, and lets those that wait go on in their order', async () => {
    const directory = join(folder, 'store');
    await using store = KeyValueStore.open({ directory });
    const table = store.table('one');
    const order: number[] = [];
    const commits: Promise<void>[] = [];
    const begin = (key: number) => {
      const commit = store.commit(() => table.put(key, Buffer.from([key])));
      commits.push(commit.then(() => void order.push(key)));
    };
    const opening = openBesideWriter(directory, () => [...order]);
    assert.ok(isOpening(directory));
    for (const key of [1, 2, 3]) begin(key);
    assert.deepEqual(await opening, []);
    assert.ok(!isOpening(directory));
    await Promise.all(commits);
    assert.deepEqual(order, [1, 2, 3]);
    assert.equal(table.count(), 3);
  });

  it('keeps nobody waiting for one that is gone', async () => {
    const directory = join(folder, 'left');
    await using store = KeyValueStore.open({ directory });
    const table = store.table('one');
    writeFileSync(join(directory, 'opening'), '');
    await store.commit(() => table.put(1, Buffer.of(1)));
    assert.ok(!existsSync(join(directory, 'opening')));
    assert.equal(table.count(), 1);
  });
});
