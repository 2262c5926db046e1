import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { reasons } from '../../services/shared/kernel/reason.ts';
import { runTool } from '../support/run-tool.ts';

/** Gives all files of a folder by relative path. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

describe('the contract in proto/', () => {
  it('passes the lint rules, comments included', () => {
    const { status, text } = runTool('buf', ['lint', 'proto']);
    assert.ok(status === 0, text);
  });

  it('breaks nothing that was accepted', () => {
    const { status, text } = runTool('buf', [
      'breaking',
      'proto',
      '--against',
      'proto/baseline.binpb',
    ]);
    assert.ok(
      status === 0,
      `mend it, or accept it with \`npm run proto:accept\` where nobody depends on it yet:\n${text}`,
    );
  });

  it('says of every rpc whether it may be sent twice, unless it may not', () => {
    const allowed = ['RegisterVersion', 'Promote', 'Rollback']; // they change the registry
    const missing = readdirSync('proto/mlmesh', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.proto'))
      .flatMap((name) => readFileSync(join('proto/mlmesh', name), 'utf8').split(/(?=\n {2}rpc )/))
      .filter((part) => part.startsWith('\n  rpc ') && !part.includes('idempotency_level'))
      .map((part) => /rpc (\w+)/.exec(part)?.[1] ?? part);
    assert.deepEqual(
      missing.filter((name) => !allowed.includes(name)),
      [],
    );
  });

  it('has the reasons of services/shared/kernel/reason.ts, and no others', () => {
    const text = readFileSync('proto/mlmesh/common/v1/error.proto', 'utf8');
    const named = [...text.matchAll(/^ {2}ERROR_REASON_(\w+) = /gm)].map((match) => match[1]);
    assert.deepEqual(named.slice(1).sort(), [...reasons].sort());
    assert.equal(named[0], 'UNSPECIFIED');
  });

  it('is what services/gen was generated from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlmesh-gen-'));
    try {
      execFileSync(process.execPath, ['proto/generate.mjs', folder]);
      const generated = filesOf(folder);
      const committed = filesOf('services/gen');
      assert.ok(generated.size > 50, `${generated.size} files`);
      const stale = [...new Set([...generated.keys(), ...committed.keys()])].filter(
        (name) => generated.get(name) !== committed.get(name),
      );
      assert.deepEqual(stale, [], 'run `npm run gen`');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
