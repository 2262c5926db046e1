import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MeshError } from '../../kernel/mesh-error.ts';
import { KeyValueStore } from './key-value-store.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mlmesh-store-'));
  folders.push(made);
  return made;
}
after(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

const hasReason = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;
const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();

describe('KeyValueStore', () => {
  it('keeps what was committed when it is opened again', async () => {
    const directory = folder();
    const first = KeyValueStore.open({ directory });
    const table = first.table('t');
    const write = () => {
      table.put('a', bytes('1'));
      return 7;
    };
    assert.equal(await first.commit(write), 7);
    await first[Symbol.asyncDispose]();
    await using second = KeyValueStore.open({ directory });
    assert.equal(text(second.table('t').get('a')), '1');
  });
  it('sees what another thread or process has committed in the same turn, once it is renewed', async () => {
    const directory = folder();
    await using store = KeyValueStore.open({ directory });
    const table = store.table('t');
    await store.commit(() => table.put('a', bytes('1')));
    assert.equal(text(table.get('a')), '1');
    const module = JSON.stringify(new URL('./key-value-store.js', import.meta.url).href);
    const script = `
      import { KeyValueStore } from ${module};
      const store = KeyValueStore.open({ directory: ${JSON.stringify(directory)} });
      const table = store.table('t');
      await store.commit(() => table.put('a', Buffer.from('2')));
      await store[Symbol.asyncDispose]();
    `;
    const args = ['--input-type=module', '--eval', script];
    const other = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(other.status, 0, other.stderr);
    assert.equal(text(table.get('a')), '1', 'reads of one turn agree');
    store.renew();
    assert.equal(text(table.get('a')), '2');
  });
  it('writes nothing of a commit that throws', async () => {
    await using store = KeyValueStore.open({ directory: folder() });
    const table = store.table('t');
    const failing = store.commit(() => {
      table.put('a', bytes('1'));
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    assert.equal(table.has('a'), false);
    await store.commit(() => table.put('b', bytes('2')));
    assert.equal(table.count(), 1);
  });
  it('changes a table by itself: all of it, durable, in its turn with commits', async () => {
    const directory = folder();
    const first = KeyValueStore.open({ directory });
    const table = first.table('t');
    await first.commit(() => table.put('old', bytes('0')));
    const large = Buffer.alloc(300_000, 7);
    await table.write({
      puts: [
        { key: 'a', value: bytes('1') },
        { key: 'large', value: large },
      ],
      removes: ['old', 'missing'],
    });
    assert.deepEqual([...table.keys()], ['a', 'large']);
    const writing = table.write({ puts: [{ key: 'a', value: bytes('2') }], removes: [] });
    await Promise.all([writing, first.commit(() => table.put('a', bytes('3')))]);
    await first[Symbol.asyncDispose]();
    await using second = KeyValueStore.open({ directory });
    assert.equal(text(second.table('t').get('a')), '3');
    assert.deepEqual(Buffer.from(second.table('t').get('large') ?? []), large);
  });
  it('gives ranges in the order of their keys, both ways, end not included', async () => {
    await using store = KeyValueStore.open({ directory: folder() });
    const table = store.table('t');
    await store.commit(() => {
      for (const n of [10, 2, 33]) table.put(['x', n], bytes(String(n)));
      table.put(['y', 1], bytes('y'));
    });
    const values = (range: Parameters<typeof table.range>[0]) =>
      [...table.range(range)].map(({ value }) => text(value));
    assert.deepEqual(values({ start: ['x'], end: ['y'] }), ['2', '10', '33']);
    assert.deepEqual(values({ start: ['x', 2], end: ['x', 33] }), ['2', '10']);
    assert.deepEqual(values({ start: ['x', 2], end: ['x', 33], isReverse: true }), ['10', '2']);
    assert.deepEqual(values({ start: ['x'], limit: 1 }), ['2']);
  });
  it('refuses a commit that the disk has no room for, and takes the next that fits', async () => {
    const directory = folder();
    await using store = KeyValueStore.open({ directory, spareBytes: 2 ** 60 });
    const table = store.table('t');
    const refused = store.commit(() => table.put('a', bytes('1')));
    await assert.rejects(refused, hasReason('DISK_FULL'));
    const byItself = table.write({ puts: [{ key: 'a', value: bytes('1') }], removes: [] });
    await assert.rejects(byItself, hasReason('DISK_FULL'));
    assert.equal(table.count(), 0);
    await store[Symbol.asyncDispose]();
    await using roomy = KeyValueStore.open({ directory });
    await roomy.commit(() => roomy.table('t').put('a', bytes('1')));
  });
  it('reads on and loses nothing when the disk refuses a write after all', () => {
    const directory = folder();
    const writer = fileURLToPath(
      new URL('../../../../test/support/fake-store-writer.js', import.meta.url),
    );
    // ulimit -f counts KiB: the twentieth row or so does not fit.
    const script = 'trap "" XFSZ; ulimit -f 2048; exec "$0" "$@"';
    const parts = ['-c', script, process.execPath, writer, directory, '40'];
    const limited = spawnSync('bash', parts, { encoding: 'utf8', timeout: 30_000 });
    const got = JSON.parse(limited.stdout);
    // A write that stops in the middle is an input/output error, one at the limit a full disk.
    const reason = got.reasons[0] === 'DISK_FULL' ? 'DISK_FULL' : 'STATE_CORRUPT';
    assert.deepEqual([got.first, got.reasons], [100_000, [reason, reason]]);
    const store = KeyValueStore.open({ directory });
    assert.equal(store.table('rows').count(), got.rows);
    return store[Symbol.asyncDispose]();
  });
  it('gives values that later reads and writes leave alone', async () => {
    await using store = KeyValueStore.open({ directory: folder() });
    const table = store.table('t');
    const put = (one: string, two: string) =>
      store.commit(() => {
        table.put(1, bytes(one));
        table.put(2, bytes(two));
      });
    await put('one', 'two');
    const [first, second] = [table.get(1), table.get(2)];
    const both = [...table.range()].map(({ value }) => value);
    await put('xxx', 'yyy');
    table.get(1);
    assert.deepEqual([first, second, ...both].map(text), ['one', 'two', 'one', 'two']);
  });
  it('refuses changes outside of a commit', async () => {
    await using store = KeyValueStore.open({ directory: folder() });
    const table = store.table('t');
    assert.throws(() => table.put('a', bytes('1')), /inside commit/);
    assert.throws(() => table.remove('a'), /inside commit/);
  });
  it('refuses files that are not a store', () => {
    const directory = folder();
    writeFileSync(join(directory, 'data.mdb'), 'nonsense '.repeat(2_000));
    assert.throws(() => KeyValueStore.open({ directory }), hasReason('STATE_CORRUPT'));
  });
});
