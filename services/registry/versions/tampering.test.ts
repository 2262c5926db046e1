import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { MemoryLog } from '../../../test/support/memory-log.ts';
import {
  artifact,
  importedProvenance,
  oneChunk,
  provenance,
  storeAttachments,
} from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { diffVersions } from '../core/diff-versions.ts';
import type { RegistryEvent } from '../core/registry-event.ts';
import { provenanceFile } from '../core/signed-version.ts';
import { jsonVersions } from '../core/stored-versions.ts';
import { Registry } from './registry.ts';
import { removeExpired } from './retention.ts';
import { verifyLog } from './verify-log.ts';

const dayMs = 86_400_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function arrange() {
  const [log, blobs, signer] = [new MemoryLog(), new MemoryBlobs(), testSigner()];
  const clock = new ManualClock();
  await storeAttachments(blobs);
  const limits = { artifactBytesMax: 1_000, uploadsMax: 1 };
  const registry = await Registry.open({
    log,
    blobs,
    signer,
    clock,
    limits,
    isDirtyTaken: false,
    codec: jsonVersions,
  });
  const register = (trainedAtMs: number, bytes = artifact) =>
    registry.register(
      { model: 'm', provenance: provenance({ trainedAtMs }) },
      oneChunk(bytes),
      'tester',
    );
  const promote = (version: number) =>
    registry.promote(
      {
        model: 'm',
        alias: 'production',
        version,
        expectedGeneration: -1,
        reason: 'r',
        isForced: true,
      },
      'tester',
    );
  const faults = async () => {
    const found: string[] = [];
    for await (const { fault } of verifyLog({ log, blobs, signer }, { isChainOnly: false })) {
      if (fault !== '') found.push(fault);
    }
    return found;
  };
  return { log, blobs, signer, clock, registry, register, promote, faults };
}

describe('verifyLog', () => {
  it('signs a version of foreign origin with all that it has: its artifact and where it came from', async () => {
    const { registry, blobs, signer, faults } = await arrange();
    const wanted = { model: 'm', provenance: importedProvenance() };
    const { version } = await registry.register(wanted, oneChunk(artifact), 'tester');
    assert.deepEqual(await faults(), []);
    const chunks: Uint8Array[] = [];
    for await (const chunk of blobs.read(version.signatureDigest)) chunks.push(chunk);
    signer.verify(version, Buffer.concat(chunks));
    const { provenance: signed } = version;
    assert.ok(signed.origin);
    const elsewhere = { ...signed, origin: { ...signed.origin, source: 'npm:others@1.0.0' } };
    assert.throws(
      () => signer.verify({ ...version, provenance: elsewhere }, Buffer.concat(chunks)),
      {
        reason: 'SIGNATURE_INVALID',
      },
    );
    const again = await registry.register(wanted, oneChunk(artifact), 'tester');
    assert.deepEqual([again.isKnown, again.version.version], [true, version.version]);
  });
  it('gives versions that were trained here the text to sign that they had before there were origins', () => {
    const head = { model: 'm', version: 1, registeredAtMs: 1, registeredBy: 'tester' };
    const text = provenanceFile({ ...head, provenance: provenance() }).toString();
    assert.equal(sha256(text), 'a6f431afdfbc9ce6260a6445f09f3c3f06f6a7df716cc0daccc95d19a0f6c92a');
  });
  it('finds nothing where nothing was changed, and counts what it saw', async () => {
    const { registry, register, promote, log, blobs } = await arrange();
    await register(1);
    await register(2);
    await promote(2);
    const told = [];
    for await (const at of verifyLog({ log, blobs, signer: testSigner() }, { isChainOnly: false }))
      told.push(at);
    const last = told.at(-1);
    assert.deepEqual([last?.events, last?.blobs, last?.signatures], [3, 5, 2]);
    assert.deepEqual([last?.hash, last?.isDone], [registry.state.hash, true]);
  });
  it('finds any byte of the log that is another', async () => {
    const { register, promote, faults, log } = await arrange();
    await register(1);
    await promote(1);
    const whole = [...log.events];
    for (const [index, event] of whole.entries()) {
      const text = canonicalJson(event);
      for (let at = 0; at < text.length; at += 1) {
        const changed = text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
        let parsed: RegistryEvent;
        try {
          parsed = JSON.parse(changed) as RegistryEvent;
        } catch {
          continue; // no JSON any more: the adapters find that
        }
        log.events[index] = parsed;
        assert.equal((await faults()).length >= 1, true, `event ${index + 1}, byte ${at}`);
      }
      log.events[index] = event;
    }
    assert.deepEqual(await faults(), []);
  });
  it('names the blob and the version that do not hold', async () => {
    const { registry, register, faults, blobs } = await arrange();
    const { version } = await register(1);
    const { provenance } = version;
    const { artifactDigest, referenceProfileDigest, goldenRequestsDigest } = provenance;
    for (const [digest, name] of [
      [artifactDigest, 'm@1: its artifact'],
      [referenceProfileDigest, 'm@1: its reference profile'],
      [goldenRequestsDigest, 'm@1: its golden requests'],
      [provenance.trainingManifestDigest, 'm@1: its training manifest'],
      [provenance.evaluationDigest, 'm@1: its evaluation'],
      [version.signatureDigest, 'm@1: its signature'],
    ] as const) {
      const bytes: Uint8Array[] = [];
      for await (const chunk of registry.download(digest)) bytes.push(chunk);
      blobs.damage(digest);
      const found = await faults();
      assert.equal(found.length, 1);
      assert.ok(found[0]?.startsWith(name), found[0]);
      blobs.put(digest, Buffer.concat(bytes));
    }
    assert.deepEqual(await faults(), []);
  });
});

describe('removeExpired', () => {
  it('keeps what an alias or the window needs, and says what it removes', async () => {
    const { registry, register, promote, faults, blobs, clock } = await arrange();
    for (let version = 1; version <= 4; version += 1) await register(version);
    await promote(1);
    await clock.advance(10 * dayMs);
    await promote(2);
    await clock.advance(25 * dayMs);
    await promote(3);
    const parts = { registry, blobs, clock, keepDays: 30, actor: 'registry' };
    // 1 was previous until today, 2 and 3 are previous and production, 4 never served.
    assert.equal((await removeExpired(parts)).versions, 1);
    const removed = () => [1, 2, 3, 4].filter((version) => registry.state.isRemoved('m', version));
    assert.deepEqual(removed(), [4]);
    await assert.rejects(promote(4), /was removed/);
    await clock.advance(29 * dayMs);
    assert.equal((await removeExpired(parts)).versions, 0);
    await clock.advance(2 * dayMs);
    assert.equal((await removeExpired(parts)).versions, 1);
    assert.deepEqual(removed(), [1, 4]);
    await clock.advance(1_000 * dayMs);
    await removeExpired(parts);
    assert.deepEqual(removed(), [1, 4]);
    assert.deepEqual(await faults(), []);
    // What was removed can be registered again, under a number of its own.
    assert.equal((await register(4)).version.version, 5);
  });
  it('keeps everything for ever without a window', async () => {
    const { registry, register, blobs, clock } = await arrange();
    await register(1);
    await clock.advance(10_000 * dayMs);
    const parts = { registry, blobs, clock, keepDays: 0, actor: 'registry' };
    assert.equal((await removeExpired(parts)).versions, 0);
  });
});

describe('diffVersions', () => {
  it('names each field that differs by its path', async () => {
    const { register, registry } = await arrange();
    const { version } = await register(1);
    const change = { hyperparametersJson: '{"epochs":2,"rate":0.1}', metrics: { loss: 1 } };
    const other = { ...version, version: 2, provenance: { ...version.provenance, ...change } };
    assert.deepEqual(diffVersions(version, registry.state.version('m', 1)), []);
    assert.deepEqual(diffVersions(version, other), [
      { path: 'hyperparameters.epochs', leftJson: '1', rightJson: '2' },
      { path: 'hyperparameters.rate', leftJson: '', rightJson: '0.1' },
      { path: 'metrics.auc', leftJson: '0.7', rightJson: '' },
      { path: 'metrics.loss', leftJson: '', rightJson: '1' },
    ]);
  });
});
