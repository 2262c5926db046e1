import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { MemoryLog } from '../../../test/support/memory-log.ts';
import {
  artifact,
  oneChunk,
  provenance,
  storeAttachments,
} from '../../../test/support/provenance.ts';
import { testKey, testSigner } from '../../../test/support/registry-signer.ts';
import type { RegistryState } from '../core/registry-state.ts';
import { wireVersions } from '../rpc/wire-versions.ts';
import { openRegistry } from './open-registry.ts';
import { readSnapshot } from './snapshot.ts';

async function arrange(folder: string) {
  const [log, blobs] = [new MemoryLog(), new MemoryBlobs()];
  await storeAttachments(blobs);
  const limits = { artifactBytesMax: 1_000, uploadsMax: 1 };
  const parts = { log, blobs, signer: testSigner(), clock: new ManualClock(), limits };
  const place = { path: join(folder, 'snapshot'), key: testKey.privateKey, codec: wireVersions };
  const open = () => openRegistry({ ...parts, isDirtyTaken: false, codec: wireVersions }, place);
  const first = await open();
  const { registry } = first;
  for (const model of ['b', 'a', 'c']) {
    const registration = { model, provenance: provenance() };
    await registry.register(registration, oneChunk(artifact), 'tester');
  }
  const move = { model: 'a', alias: 'production', expectedGeneration: 0, reason: 'r' } as const;
  await registry.promote({ ...move, version: 1 }, 'tester');
  await first.snapshots.stop(0);
  return { log, open, place, registry };
}

/** Gives a state as it is written down, as plain values. */
function plain(state: RegistryState): unknown {
  return [...state.stored()].map(({ name, record, versions }) => [
    name,
    record.toString(),
    versions.map((bytes) => Buffer.from(bytes).toString('hex')),
  ]);
}

describe('a snapshot of the registry', () => {
  it('gives the state that the log gives, and what came after it', async () => {
    using folder = temporaryFolder();
    const { log, open, place, registry } = await arrange(folder.path);
    const found = await readSnapshot(place, log);
    assert.ok(found !== undefined);
    assert.deepEqual(plain(found), plain(registry.state));
    assert.deepEqual([found.sequence, found.hash], [4, registry.state.hash]);
    const back = { model: 'a', alias: 'shadow', version: 1, expectedGeneration: 0, reason: 'r' };
    await registry.promote({ ...back, alias: 'shadow' }, 'tester');
    const second = await open();
    assert.deepEqual(second.registry.state.versions(''), registry.state.versions(''));
    assert.deepEqual(second.registry.state.aliases(''), registry.state.aliases(''));
    assert.deepEqual(plain(second.registry.state), plain(registry.state));
  });
  it('is left alone when any byte of it is another, or the log is not the one it stands in', async () => {
    using folder = temporaryFolder();
    const { log, place } = await arrange(folder.path);
    const whole = readFileSync(place.path);
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(place.path, changed);
      assert.equal(await readSnapshot(place, log), undefined, `byte ${at}`);
    }
    for (const cut of [0, 10, whole.length - 1]) {
      writeFileSync(place.path, whole.subarray(0, cut));
      assert.equal(await readSnapshot(place, log), undefined);
    }
    writeFileSync(place.path, whole);
    assert.ok(await readSnapshot(place, log));
    const last = log.events.pop();
    assert.equal(await readSnapshot(place, log), undefined);
    log.events.push({ ...(last ?? assert.fail()), hash: 'f'.repeat(64) });
    assert.equal(await readSnapshot(place, log), undefined);
  });
  it('does not hide an earlier event that was changed: the chain is read after the start', async () => {
    using folder = temporaryFolder();
    const { log, open, place } = await arrange(folder.path);
    const [first] = log.events;
    log.events[0] = { ...(first ?? assert.fail()), actor: 'somebody else' };
    const opened = await open();
    await opened.snapshots.start(new AbortController().signal);
    await assert.rejects(Promise.resolve(opened.snapshots.stop(0)), /does not hold at event 1/);
    assert.equal(await readSnapshot(place, log), undefined);
    await assert.rejects(open(), /does not hold at event 1/);
  });
});
