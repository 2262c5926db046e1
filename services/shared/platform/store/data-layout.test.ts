import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { adopt, layoutFileName, openLayout } from './data-layout.ts';

const parent = mkdtempSync(join(tmpdir(), 'mlmesh-layout-'));
const versionIn = (folder: string): unknown =>
  JSON.parse(readFileSync(join(folder, layoutFileName), 'utf8')).version;
let count = 0;
function newFolder(): string {
  count += 1;
  const folder = join(parent, String(count));
  mkdirSync(folder);
  return folder;
}

describe('openLayout', () => {
  after(() => rmSync(parent, { recursive: true }));

  it('marks a new folder as one of today, and migrates nothing', async () => {
    const folder = join(parent, 'new');
    const never = () => assert.fail('nothing is there to migrate');
    const opened = await openLayout(folder, { name: 'monitor', migrations: [adopt, never] });
    assert.deepEqual(opened, { found: undefined, version: 2 });
    assert.equal(versionIn(folder), 2);
  });

  it('takes a folder without a mark for the first version', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'data.mdb'), '');
    const opened = await openLayout(folder, { name: 'monitor', migrations: [adopt] });
    assert.deepEqual(opened, { found: 0, version: 1 });
  });

  it('runs what is missing, in order, and once', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'data'), 'a');
    const add = (text: string) => (at: string) =>
      writeFileSync(join(at, 'data'), readFileSync(join(at, 'data'), 'utf8') + text);
    const first = { name: 'monitor', migrations: [adopt, add('b')] };
    await openLayout(folder, first);
    await openLayout(folder, first);
    await openLayout(folder, { ...first, migrations: [adopt, add('b'), add('c'), add('d')] });
    assert.equal(readFileSync(join(folder, 'data'), 'utf8'), 'abcd');
    assert.equal(versionIn(folder), 4);
  });

  it('refuses what a newer mlmesh wrote, and says what to do', async () => {
    const folder = newFolder();
    await openLayout(folder, { name: 'monitor', migrations: [adopt, adopt] });
    await assert.rejects(openLayout(folder, { name: 'monitor', migrations: [adopt] }), {
      code: 'FAILED_PRECONDITION',
      reason: 'DATA_DIRECTORY_VERSION',
      message: /layout 2, this mlmesh reads up to 1; run mlmesh .* or restore a backup/,
    });
    assert.equal(versionIn(folder), 2);
  });

  it('refuses a mark that can not be read, or that of another service', async () => {
    const folder = newFolder();
    const layout = { name: 'monitor', migrations: [adopt] };
    for (const text of ['{', '{"service":"feature","version":1}', '{"service":"monitor"}']) {
      writeFileSync(join(folder, layoutFileName), text);
      await assert.rejects(openLayout(folder, layout), { reason: 'STATE_CORRUPT' });
    }
  });

  it('runs a migration again that kill -9 ended', async () => {
    const folder = newFolder();
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `${name}.old`), name);
    const layout = new URL('./data-layout.js', import.meta.url).href;
    // Renames one file after the other, and is killed between the first and the second.
    const script = `
      import { existsSync, renameSync } from 'node:fs';
      import { adopt, openLayout } from ${JSON.stringify(layout)};
      await openLayout(${JSON.stringify(folder)}, { name: 'monitor', migrations: [adopt, (folder) => {
        for (const name of ['a', 'b', 'c']) {
          const old = folder + '/' + name + '.old';
          if (!existsSync(old)) continue;
          renameSync(old, folder + '/' + name);
          if (process.argv[1] === 'dies') process.kill(process.pid, 'SIGKILL');
        }
      }] });`;
    const run = (how: string) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', how]);
    assert.equal(run('dies').signal, 'SIGKILL');
    assert.equal(versionIn(folder), 1);
    assert.ok(existsSync(join(folder, 'a')) && existsSync(join(folder, 'b.old')));
    assert.equal(run('lives').status, 0);
    assert.equal(versionIn(folder), 2);
    for (const name of ['a', 'b', 'c']) {
      assert.equal(readFileSync(join(folder, name), 'utf8'), name);
      assert.ok(!existsSync(join(folder, `${name}.old`)));
    }
  });
});
