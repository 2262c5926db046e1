import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
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

const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();

describe('KeyValueStore', () => {
  it('keeps what was committed when it is opened again', async () => {
    const directory = folder();
    const first = KeyValueStore.open({ directory });
    const table = first.table('t');
    assert.equal(await first.commit(() => (table.put('a', bytes('1')), 7)), 7);
    await first[Symbol.asyncDispose]();
    await using second = KeyValueStore.open({ directory });
    assert.equal(text(second.table('t').get('a')), '1');
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
  it('refuses files that are not a store', () => {
    const directory = folder();
    writeFileSync(join(directory, 'data.mdb'), 'nonsense '.repeat(2_000));
    assert.throws(
      () => KeyValueStore.open({ directory }),
      (error) => error instanceof MeshError && error.reason === 'STATE_CORRUPT',
    );
  });
});
