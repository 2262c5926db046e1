import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const fresh = mkdtempSync(join(tmpdir(), 'mlmesh-gen-'));
after(() => rmSync(fresh, { recursive: true, force: true }));

/** Gives the text of every file below a folder, by its path inside. */
function textsIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => name.endsWith('.ts'));
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('services/gen', () => {
  it('is what `npm run gen` makes of proto/', () => {
    execFileSync(process.execPath, ['proto/generate.mjs', fresh], { stdio: 'pipe' });
    const wanted = textsIn(fresh);
    const found = textsIn('services/gen');
    assert.ok(wanted.size > 10, `${wanted.size} files`);
    const names = new Set([...wanted.keys(), ...found.keys()]);
    const stale = [...names].filter((name) => wanted.get(name) !== found.get(name));
    assert.deepEqual(stale, [], 'run `npm run gen` and commit what changes');
  });
});
