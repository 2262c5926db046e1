import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { copyStore } from './copy-store.ts';
import { KeyValueStore } from './key-value-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-copy-'));

describe('copyStore', () => {
  after(() => rmSync(folder, { recursive: true }));

  it('copies what was committed at one moment, while another process commits', async () => {
    const directory = join(folder, 'store');
    const module = new URL('./key-value-store.js', import.meta.url).href;
    // Each commit writes the same number into two tables: a copy that is torn would have two numbers.
    const script = `
      import { KeyValueStore } from ${JSON.stringify(module)};
      const store = KeyValueStore.open({ directory: ${JSON.stringify(directory)} });
      const [one, other] = [store.table('one'), store.table('other')];
      for (let number = 1; ; number += 1) {
        const value = Buffer.alloc(2_000, String(number).padStart(8, '0'));
        await store.commit(() => { one.put(number, value); other.put(number, value); });
        if (number % 50 === 0) process.stdout.write('fifty more');
      }`;
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const counts: number[] = [];
    for (const name of ['first', 'second', 'third']) {
      await once(writer.stdout, 'data');
      await copyStore(directory, join(folder, name));
      assert.deepEqual(readdirSync(join(folder, name)), ['data.mdb']);
      await using copy = KeyValueStore.open({ directory: join(folder, name) });
      const [one, other] = [copy.table('one'), copy.table('other')];
      assert.deepEqual([...one.keys()], [...other.keys()]);
      assert.deepEqual([...one.keys()].at(-1), one.count());
      counts.push(one.count());
    }
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    assert.ok((counts[0] ?? 0) >= 50);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.ok((counts[2] ?? 0) > (counts[0] ?? 0), counts.join());
  });

  it('refuses what is no store', async () => {
    await assert.rejects(copyStore(join(folder, 'nothing'), join(folder, 'copy')), {
      reason: 'STATE_CORRUPT',
    });
  });
});
