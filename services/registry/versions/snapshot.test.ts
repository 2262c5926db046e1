import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { evidence } from '../../../test/support/evidence.ts';
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
  const problems: string[] = [];
  const onProblem = (message: string) => problems.push(message);
  const path = join(folder, 'snapshot');
  const place = { path, key: testKey.privateKey, codec: wireVersions, onProblem };
  const open = () => openRegistry({ ...parts, isDirtyTaken: false, codec: wireVersions }, place);
  const first = await open();
  const { registry } = first;
  for (const model of ['b', 'a', 'c']) {
    const registration = { model, provenance: provenance() };
    await registry.register(registration, oneChunk(artifact), 'tester');
  }
  await registry.attach(evidence({ model: 'a' }), 'tester');
  const move = { model: 'a', alias: 'production', expectedGeneration: 0, reason: 'r' } as const;
  await registry.promote({ ...move, version: 1, isForced: true }, 'tester');
  await first.snapshots.stop(0);
  return { log, open, place, registry, problems };
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
    const snapshot = await readSnapshot(place, log);
    assert.ok(snapshot.kind === 'found');
    const found = snapshot.state;
    assert.deepEqual(plain(found), plain(registry.state));
    assert.deepEqual([found.sequence, found.hash], [5, registry.state.hash]);
    assert.equal(found.evidence('a', 1, 'parity')?.actor, 'tester');
    const back = { model: 'a', alias: 'shadow', version: 1, expectedGeneration: 0, reason: 'r' };
    await registry.promote({ ...back, alias: 'shadow' }, 'tester');
    const second = await open();
    assert.deepEqual(second.registry.state.versions(''), registry.state.versions(''));
    assert.deepEqual(second.registry.state.aliases(''), registry.state.aliases(''));
    assert.deepEqual(plain(second.registry.state), plain(registry.state));
  });
  it('is left out when any byte of it is another or it is cut short: the log is read, and why is said', async () => {
    using folder = temporaryFolder();
    const { log, open, place, registry, problems } = await arrange(folder.path);
    const whole = readFileSync(place.path);
    for (let at = 0; at < whole.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(place.path, changed);
      assert.equal((await readSnapshot(place, log)).kind, 'unusable', `byte ${at}`);
    }
    for (const cut of [0, 10, whole.length - 1]) {
      writeFileSync(place.path, whole.subarray(0, cut));
      assert.deepEqual(plain((await open()).registry.state), plain(registry.state));
    }
    assert.match(problems[0] ?? '', /read the whole log, since it has no head/);
    assert.match(problems[2] ?? '', /since it is cut short/);
    writeFileSync(place.path, whole);
    assert.equal((await readSnapshot(place, log)).kind, 'found');
  });
  it('is left out when it is of another log, a shorter one or another registry: the log is read, and why is said', async () => {
    using folder = temporaryFolder();
    using elsewhere = temporaryFolder();
    const { log, open, place, problems } = await arrange(folder.path);
    const last = log.events.pop() ?? assert.fail();
    assert.equal((await open()).registry.state.sequence, last.sequence - 1);
    log.events.push({ ...last, hash: 'f'.repeat(64) });
    assert.equal((await readSnapshot(place, log)).kind, 'unusable');
    log.events.pop();
    const other = await arrange(elsewhere.path);
    writeFileSync(place.path, readFileSync(other.place.path));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const stranger = await readSnapshot({ ...place, key: privateKey }, log);
    assert.deepEqual(stranger, { kind: 'unusable', why: 'it was not signed by this registry' });
    assert.deepEqual(problems, [
      `left the snapshot out and read the whole log, since it is of another log: this one does not reach event ${last.sequence}`,
    ]);
  });
  it('keeps what the retention has removed, and no start or stop waits for one that can not be written', async () => {
    using folder = temporaryFolder();
    const { open, place, problems } = await arrange(folder.path);
    const second = await open();
    const gone = { model: 'b', version: 1 };
    assert.ok(await second.registry.noteRemoval(() => true, gone, 'registry'));
    // A folder of that name is in the way, as a full disk would be.
    mkdirSync(`${place.path}.new`);
    await second.snapshots.stop(0);
    assert.match(problems[0] ?? '', /could not write the snapshot/);
    rmSync(`${place.path}.new`, { recursive: true, force: true });
    const third = await open();
    assert.ok(third.registry.state.isRemoved('b', 1));
    await third.snapshots.stop(0);
    const found = await readSnapshot(place, {
      read: third.registry.history.bind(third.registry),
      append: assert.fail,
    });
    assert.ok(found.kind === 'found' && found.state.isRemoved('b', 1));
  });
  it('does not hide an earlier event that was changed: the chain is read after the start', async () => {
    using folder = temporaryFolder();
    const { log, open, place } = await arrange(folder.path);
    const [first] = log.events;
    log.events[0] = { ...(first ?? assert.fail()), actor: 'somebody else' };
    const opened = await open();
    await opened.snapshots.start(new AbortController().signal);
    await assert.rejects(Promise.resolve(opened.snapshots.stop(0)), /does not hold at event 1/);
    assert.deepEqual(await readSnapshot(place, log), { kind: 'none' });
    await assert.rejects(open(), /does not hold at event 1/);
  });
});
