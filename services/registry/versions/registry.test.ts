import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../../../test/support/evidence.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { MemoryLog } from '../../../test/support/memory-log.ts';
import { artifact, provenance, storeAttachments } from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { Evidence } from '../core/evidence.ts';
import { evidenceKinds } from '../core/evidence-kinds.ts';
import type { PromotableAlias } from '../core/model-version.ts';
import type { RegistryFact } from '../core/registry-event.ts';
import { jsonVersions } from '../core/stored-versions.ts';
import { watchEvents } from '../rpc/watch-events.ts';
import { Registry } from './registry.ts';

const limits = { artifactBytesMax: 100, uploadsMax: 1 };

function clockAt(...times: number[]) {
  return {
    epoch: () => epochMs(times.length > 1 ? (times.shift() ?? 0) : (times[0] ?? 0)),
    monotonic: () => monotonicMs(0),
    sleep: () => Promise.resolve(),
  };
}

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

async function open(log: MemoryLog, clock = clockAt(1)): Promise<Registry> {
  const blobs = new MemoryBlobs();
  await storeAttachments(blobs);
  const signer = testSigner();
  return Registry.open({
    log,
    blobs,
    signer,
    clock,
    limits,
    isDirtyTaken: false,
    codec: jsonVersions,
  });
}
const register = (registry: Registry, change = {}) =>
  registry.register({ model: 'm', provenance: provenance(change) }, chunks(artifact), 'a');
const promotion = (version: number, expectedGeneration = -1) => {
  const alias: PromotableAlias = 'production';
  return { model: 'm', alias, version, expectedGeneration, reason: 'r', isForced: true };
};
const hasReason = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;

/** Lets others have so many turns. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise(setImmediate);
}

describe('Registry', () => {
  it('looks at the first bytes of an artifact, however small the chunks are', async () => {
    const registry = await open(new MemoryLog());
    const pickle = [Buffer.from([0x80]), Buffer.from([4, 0x95]), Buffer.alloc(100)];
    for (const parts of [pickle, [Buffer.from([0x80, 4])], [Buffer.from('PK')]]) {
      await assert.rejects(
        registry.register({ model: 'm', provenance: provenance() }, chunks(...parts), 'a'),
        hasReason('ARTIFACT_UNSUPPORTED'),
      );
    }
    const parts = [...artifact].map((byte) => Buffer.from([byte]));
    const single = registry.register(
      { model: 'm', provenance: provenance() },
      chunks(...parts),
      'a',
    );
    assert.equal((await single).version.version, 1);
  });
  it('takes an artifact that was uploaded before, and names what was not', async () => {
    const registry = await open(new MemoryLog());
    const registration = { model: 'm', provenance: provenance() };
    await assert.rejects(registry.register(registration, chunks(), 'a'), hasReason('BLOB_MISSING'));
    const blob = { digest: provenance().artifactDigest, bytes: artifact.length };
    const first = { blob, fromByte: 0, format: 'onnx' } as const;
    const half = await registry.upload(first, chunks(artifact.subarray(0, 9)));
    assert.deepEqual(half, { bytes: 9, isComplete: false });
    const rest = await registry.upload({ ...first, fromByte: 9 }, chunks(artifact.subarray(9)));
    assert.deepEqual(rest, { bytes: artifact.length, isComplete: true });
    assert.equal((await registry.register(registration, chunks(), 'a')).version.version, 1);
    const other = provenance({ goldenRequestsDigest: 'f'.repeat(64) });
    await assert.rejects(
      registry.register({ model: 'm', provenance: other }, chunks(artifact), 'a'),
      (error) =>
        error instanceof MeshError &&
        error.reason === 'BLOB_MISSING' &&
        error.violations[0]?.field === 'header.provenance.golden_requests_digest',
    );
  });
  it('refuses code with changes that no commit has, outside of development', async () => {
    const registry = await open(new MemoryLog());
    await assert.rejects(
      register(registry, { isCodeDirty: true }),
      (error) =>
        error instanceof MeshError &&
        error.reason === 'PROVENANCE_INCOMPLETE' &&
        error.violations[0]?.field === 'header.provenance.is_code_dirty',
    );
  });
  it('refuses an artifact that is too large before it reads one byte of it', async () => {
    const registry = await open(new MemoryLog());
    const tooLarge = register(registry, { artifactBytes: 101 });
    await assert.rejects(tooLarge, hasReason('ARTIFACT_TOO_LARGE'));
  });
  it('refuses one upload more than it may take, and takes it when there is room', async () => {
    const registry = await open(new MemoryLog());
    const first = register(registry);
    await assert.rejects(register(registry), hasReason('QUEUE_FULL'));
    await first;
    assert.equal((await register(registry)).isKnown, true);
  });
  it('lets exactly one of two registries on one log move an alias', async () => {
    const log = new MemoryLog();
    const one = await open(log);
    await register(one);
    const two = await open(log);
    const moves = [one, two].map((registry) => registry.promote(promotion(1, 0), 'a'));
    const settled = await Promise.allSettled(moves);
    const errors = settled.flatMap((move) => (move.status === 'rejected' ? [move.reason] : []));
    assert.equal(errors.length, 1);
    assert.ok(hasReason('ALIAS_MOVED')(errors[0]));
    assert.equal(two.state.hash, one.state.hash);
  });
  it('decides a checklist on what another registry on its log has attached meanwhile', async () => {
    const log = new MemoryLog();
    const one = await open(log);
    await register(one);
    const two = await open(log);
    const { artifactDigest } = one.state.version('m', 1).provenance;
    const attach = (registry: Registry, change: Partial<Evidence>) =>
      registry.attach(evidence({ artifactDigest, ...change }), 'a');
    for (const { kind } of evidenceKinds) await attach(one, { kind });
    const move = { ...promotion(1), isForced: false };
    // One has not read this event when it is asked, and the next one is in the log before it appends.
    await attach(two, { kind: 'parity', verdict: 'fail' });
    await assert.rejects(one.promote(move, 'a'), hasReason('CHECKLIST_INCOMPLETE'));
    const repaired = attach(two, { kind: 'parity' });
    const spoiled = attach(two, { kind: 'provenance', verdict: 'inconclusive' });
    await Promise.allSettled([repaired, spoiled, one.promote(move, 'a')]);
    const at = (isWanted: (fact: RegistryFact) => boolean) =>
      log.events.findIndex(({ fact }) => isWanted(fact));
    const moved = at(({ kind }) => kind === 'aliases-moved');
    const lastFailure = at(
      (fact) => fact.kind === 'evidence-attached' && fact.evidence.verdict === 'inconclusive',
    );
    assert.ok(moved === -1 || moved < lastFailure, `moved at ${moved}, spoiled at ${lastFailure}`);
  });
  it('decides anew when another registry was faster, and gives the next number', async () => {
    const log = new MemoryLog();
    const [one, two] = [await open(log), await open(log)];
    await register(one);
    const { version } = await register(two, { trainedAtMs: 5 });
    assert.equal(version.version, 2);
    assert.deepEqual(
      log.events.map(({ sequence }) => sequence),
      [1, 2],
    );
  });
  it('does not open a log with a changed byte', async () => {
    const log = new MemoryLog();
    const registry = await open(log);
    await register(registry);
    await registry.promote(promotion(1), 'a');
    const [first, second] = log.events;
    assert.ok(first !== undefined && second !== undefined);
    log.events[0] = { ...first, actor: 'b' };
    await assert.rejects(open(log), hasReason('LOG_CORRUPT'));
    log.events.splice(0, 2, second);
    await assert.rejects(open(log), hasReason('LOG_CORRUPT'));
  });
  it('says what was served at a time, though the clock went back', async () => {
    const registry = await open(new MemoryLog(), clockAt(10, 20, 15, 30, 40));
    await register(registry); // 10
    await registry.promote(promotion(1), 'a'); // 20
    await register(registry, { trainedAtMs: 5 }); // 15 on the clock, 20 in the log
    await registry.promote(promotion(2), 'a'); // 30
    await registry.rollback({ model: 'm', reason: 'r', fromVersion: 0 }, 'a'); // 40
    const served = async (atMs: number) =>
      (await registry.stateAt(atMs)).alias('m', 'production')?.version;
    assert.deepEqual(await Promise.all([9, 19, 20, 29, 30, 39, 40].map(served)), [
      undefined,
      undefined,
      1,
      1,
      2,
      2,
      1,
    ]);
    assert.equal((await registry.stateAt(20)).versions('m').length, 2);
  });
});

describe('watchEvents', () => {
  it('tells of an event once lists show it, though the log has it before', async () => {
    const log = new MemoryLog();
    const registry = await open(log);
    await register(registry);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const append = log.append.bind(log);
    log.append = async (expectedSequence, appended) => {
      await append(expectedSequence, appended);
      await held;
    };
    const promoted = registry.promote(promotion(1), 'a');
    await turns(100);
    assert.equal(log.events.length, 2);
    const events = watchEvents(registry, 2, new AbortController().signal);
    const told = events.next().then(({ value }) => [value?.sequence, registry.state.sequence]);
    await turns(100);
    letGo();
    await promoted;
    assert.deepEqual(await told, [2, 2]);
  });
  it('gives a slow watcher every event, and ends when it is told to', async () => {
    const log = new MemoryLog();
    const registry = await open(log);
    await register(registry);
    const leaving = new AbortController();
    const seen: number[] = [];
    const events = watchEvents(registry, 1, leaving.signal);
    const next = async () => {
      const { value } = await events.next();
      if (value) seen.push(value.sequence);
    };
    await next();
    for (let moves = 0; moves < 20; moves += 1) await registry.promote(promotion(1), 'a');
    while (seen.length < 21) await next();
    const waiting = next();
    await registry.promote(promotion(1), 'a');
    await waiting;
    const last = events.next();
    leaving.abort();
    assert.equal((await last).done, true);
    assert.deepEqual(
      seen,
      Array.from({ length: 22 }, (_, index) => index + 1),
    );
  });
  it('waits for an event that is not there yet, and leaves earlier ones out', async () => {
    const registry = await open(new MemoryLog());
    const next = watchEvents(registry, 3, new AbortController().signal).next();
    await register(registry);
    await registry.promote(promotion(1), 'a');
    await registry.promote(promotion(1), 'a');
    assert.equal((await next).value?.sequence, 3);
  });
});
