import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { artifact, oneChunk, provenance } from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { FolderBlobs } from '../adapters/folder-blobs.ts';
import { LmdbLog } from '../adapters/lmdb-log.ts';
import { wireVersions } from '../rpc/wire-versions.ts';
import { Registry } from './registry.ts';

const writer = fileURLToPath(
  new URL('../../../test/support/fake-registry-writer.js', import.meta.url),
);

/** Runs the writer until it prints `line`, kills it with SIGKILL, and gives all that it printed. */
async function killAfter(line: string, args: readonly string[]): Promise<readonly string[]> {
  const child: ChildProcess = spawn(process.execPath, [writer, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  assert.ok(child.stdout !== null);
  for await (const printed of createInterface({ input: child.stdout })) {
    lines.push(printed);
    if (printed === line) child.kill('SIGKILL');
  }
  await closed;
  assert.equal(child.signalCode, 'SIGKILL');
  return lines;
}

async function reopen(folder: string) {
  const store = KeyValueStore.open({ directory: join(folder, 'log') });
  const registry = await Registry.open({
    log: new LmdbLog(store),
    blobs: new FolderBlobs(join(folder, 'artifacts')),
    clock: systemClock,
    signer: testSigner(),
    isDirtyTaken: false,
    codec: wireVersions,
    limits: { artifactBytesMax: 1_000, uploadsMax: 1 },
  });
  return { registry, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

describe('a registry that is killed', () => {
  it('has every version and move that it had acknowledged', async () => {
    using folder = temporaryFolder();
    const lines = await killAfter('25', [folder.path]);
    const acknowledged = Number(lines.at(-1));
    await using opened = await reopen(folder.path);
    const { state } = opened.registry;
    const versions = state.versions('m').map(({ version }) => version);
    assert.ok(versions.length >= acknowledged, `${versions.length} of ${acknowledged}`);
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
    );
    assert.ok((state.alias('m', 'production')?.version ?? 0) >= acknowledged);
  });
  it('is consistent when it was killed between artifact and event, and registers the same anew', async () => {
    using folder = temporaryFolder();
    await killAfter('stopped', [folder.path, '3']);
    await using opened = await reopen(folder.path);
    const { registry } = opened;
    assert.equal(registry.state.versions('m').length, 1);
    assert.deepEqual(readdirSync(join(folder.path, 'artifacts', 'uploads')), []);
    const registration = { model: 'm', provenance: provenance({ trainedAtMs: 2 }) };
    const { version, isKnown } = await registry.register(registration, oneChunk(artifact), 'a');
    assert.deepEqual([version.version, isKnown], [2, false]);
    const parts: Uint8Array[] = [];
    for await (const part of registry.download(provenance().artifactDigest)) parts.push(part);
    assert.deepEqual(Buffer.concat(parts), artifact);
  });
});
