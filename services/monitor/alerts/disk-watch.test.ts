import assert from 'node:assert/strict';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { wantedFreeBytes } from '../../shared/policy/disk-space.ts';
import { diskRule } from '../core/disk-rule.ts';
import { type DiskSpace, DiskWatch } from './disk-watch.ts';

const gib = 1024 ** 3;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function watching(given: { space: DiskSpace | Error }) {
  const errors: unknown[] = [];
  const watch = new DiskWatch({
    folder: '/data',
    onError: (error) => void errors.push(error),
    read: () =>
      given.space instanceof Error ? Promise.reject(given.space) : Promise.resolve(given.space),
  });
  /** Lets it look, and gives what it says then. */
  const at = async (ms: number) => {
    watch.firing(ms);
    await settled();
    return watch.firing(ms);
  };
  return { watch, at, errors };
}

describe('DiskWatch', () => {
  it('fires while less than 5 % are free, and is over when there is room again', async () => {
    const given = { space: { totalBytes: 100 * gib, freeBytes: 5 * gib } };
    const { at } = watching(given);
    assert.deepEqual(await at(0), []);
    given.space = { totalBytes: 100 * gib, freeBytes: 5 * gib - 1 };
    assert.deepEqual(await at(4_999), []);
    const [alert] = await at(5_000);
    assert.equal(alert?.rule, 'disk-nearly-full');
    assert.equal(diskRule.judge(alert?.evidence ?? {}).isFiring, true);
    given.space = { totalBytes: 100 * gib, freeBytes: 6 * gib };
    assert.deepEqual(await at(10_000), []);
  });

  it('wants a gibibyte of a small disk, and no more than half of it', () => {
    assert.equal(wantedFreeBytes(10 * gib), gib);
    assert.equal(wantedFreeBytes(gib), gib / 2);
    assert.equal(wantedFreeBytes(1_000 * gib), 50 * gib);
  });

  it('keeps what it saw when the file system does not answer', async () => {
    const given: { space: DiskSpace | Error } = { space: { totalBytes: 100 * gib, freeBytes: 0 } };
    const { at, errors } = watching(given);
    assert.equal((await at(0)).length, 1);
    given.space = new Error('gone');
    assert.equal((await at(5_000)).length, 1);
    assert.equal(errors.length, 1);
  });

  it('asks the file system of its folder', async () => {
    const watch = new DiskWatch({ folder: tmpdir(), onError: (error) => assert.ifError(error) });
    while (Number.isNaN(watch.freeBytes)) {
      watch.firing(0);
      await settled();
    }
    const { blocks, bsize } = statfsSync(tmpdir());
    assert.ok(watch.freeBytes > 0 && watch.freeBytes <= blocks * bsize);
  });
});
