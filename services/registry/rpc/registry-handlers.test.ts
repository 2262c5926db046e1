import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import {
  artifact,
  attachments,
  provenance,
  storeAttachments,
} from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { registrationOf } from '../../../test/support/running-registry.ts';
import type { HistoryRequest } from '../../gen/mlmesh/registry/v1/HistoryRequest.ts';
import type { RegisterVersionRequest } from '../../gen/mlmesh/registry/v1/RegisterVersionRequest.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import { implement } from '../../shared/platform/grpc/implement.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock as clock } from '../../shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { FolderBlobs } from '../adapters/folder-blobs.ts';
import { LmdbLog } from '../adapters/lmdb-log.ts';
import { Registry } from '../versions/registry.ts';
import { verifyLog } from '../versions/verify-log.ts';
import { registryHandlers } from './registry-handlers.ts';
import { wireVersions } from './wire-versions.ts';

type Uploaded = ReturnType<typeof provenance>;

async function serve(folder: string) {
  const store = KeyValueStore.open({ directory: join(folder, 'log') });
  const blobs = new FolderBlobs(join(folder, 'blobs'));
  const log = new LmdbLog(store);
  const registry = await Registry.open({
    log,
    blobs,
    clock,
    signer: testSigner(),
    isDirtyTaken: false,
    codec: wireVersions,
    limits: { artifactBytesMax: 1_000, uploadsMax: 2 },
  });
  await storeAttachments(blobs);
  const server = createServer({
    name: 'registry',
    address: '127.0.0.1:0',
    clock,
    services: [
      implement(
        'mlmesh.registry.v1.RegistryService',
        registryHandlers({
          registry,
          actorOf: () => 'me',
          verify: (options) => verifyLog({ log, blobs, signer: testSigner() }, options),
          watchersMax: 2,
        }),
      ),
    ],
  });
  await server.start();
  const client = connectService('mlmesh.registry.v1.RegistryService', [server.address], { clock });
  const upload = (wire: Uploaded, bytes: Uint8Array) => registrationOf('m', wire, chunksOf(bytes));
  const register = (change: Partial<Uploaded> = {}, bytes: Uint8Array = artifact) =>
    client.registerVersion(upload(provenance(change), bytes), {});
  const close = async () => {
    client.close();
    await server.stop(1_000);
    await store[Symbol.asyncDispose]();
  };
  return { client, register, upload, close };
}

/** Gives bytes in pieces that end nowhere in particular. */
function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 7) yield bytes.subarray(from, from + 7);
}

async function withFolder(act: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-registry-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof MeshError ? error.reason : 'none';
}

async function bytesOf(chunks: AsyncIterable<{ readonly chunk: Uint8Array }>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const { chunk } of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('RegistryService', () => {
  it('keeps versions, aliases and artifacts over a restart', () =>
    withFolder(async (folder) => {
      const first = await serve(folder);
      const { version, isKnown } = await first.register();
      assert.deepEqual([version?.version, version?.registeredBy, isKnown], [1, 'me', false]);
      assert.equal((await first.register()).isKnown, true);
      await first.client.promote(
        {
          model: 'm',
          alias: 'production',
          version: 1,
          expectedGeneration: 0,
          reason: 'first',
          isForced: true,
        },
        {},
      );
      await first.close();
      const second = await serve(folder);
      const found = await second.client.getVersion({ model: 'm', alias: 'production' }, {});
      assert.equal(found.version?.version, 1);
      const digest = found.version.provenance?.artifactDigest ?? '';
      assert.deepEqual(
        await bytesOf(second.client.download({ artifactDigest: digest }, {})),
        artifact,
      );
      await second.close();
    }));

  it('keeps nothing of an upload that is not what it says', () =>
    withFolder(async (folder) => {
      const { register, close } = await serve(folder);
      assert.equal(await reasonOf(register({}, artifact.subarray(0, -1))), 'ARTIFACT_CORRUPT');
      const flipped = Buffer.from(artifact);
      flipped[3] = (flipped[3] ?? 0) ^ 1;
      assert.equal(await reasonOf(register({}, flipped)), 'ARTIFACT_CORRUPT');
      assert.equal(
        await reasonOf(register({}, Buffer.from([0x80, 4, 1, 2]))),
        'ARTIFACT_UNSUPPORTED',
      );
      assert.equal(await reasonOf(register({ codeCommit: '' })), 'PROVENANCE_INCOMPLETE');
      assert.equal(readdirSync(join(folder, 'blobs')).length, 1 + attachments.length);
      assert.deepEqual(readdirSync(join(folder, 'blobs', 'uploads')), []);
      await close();
    }));

  it('keeps nothing of a client that goes away in the middle of its upload', () =>
    withFolder(async (folder) => {
      const { client, register, upload, close } = await serve(folder);
      const leaving = new AbortController();
      async function* half() {
        let messages = 0;
        for await (const message of upload(provenance(), artifact)) {
          messages += 1;
          if (messages === 3) leaving.abort(new Error('gone'));
          yield message;
        }
      }
      await assert.rejects(client.registerVersion(half(), { signal: leaving.signal }));
      const uploads = join(folder, 'blobs', 'uploads');
      await eventually('the upload is gone', () => readdirSync(uploads).length === 0);
      assert.equal(readdirSync(join(folder, 'blobs')).length, 1 + attachments.length);
      assert.equal((await register()).version?.version, 1);
      await close();
    }));

  it('refuses what does not follow the form of an upload', () =>
    withFolder(async (folder) => {
      const { client, upload, close } = await serve(folder);
      async function* sent(...messages: RegisterVersionRequest[]) {
        for (const message of messages) yield await Promise.resolve(message);
      }
      const header: RegisterVersionRequest = (await upload(provenance(), artifact).next()).value;
      assert.ok(header.header);
      const large = { chunk: Buffer.alloc(1024 * 1024 + 1, 8) };
      const noName = { header: { ...header.header, model: 'M' } };
      for (const messages of [
        [],
        [{ chunk: artifact }],
        [header, header],
        [header, large],
        [noName],
      ]) {
        const reason = await reasonOf(client.registerVersion(sent(...messages), {}));
        assert.equal(reason, 'INVALID_FIELD');
      }
      await close();
    }));

  it('gives the history of one model, page by page', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const move = { model: 'm', alias: 'shadow', version: 1, expectedGeneration: -1, reason: 'x' };
      for (const reason of ['one', 'two']) await client.promote({ ...move, reason }, {});
      const sequences = async (request: HistoryRequest) =>
        (await client.history(request, {})).events.map(({ sequence }) => sequence);
      assert.deepEqual(await sequences({}), [1, 2, 3]);
      assert.deepEqual(await sequences({ model: 'm', fromSequence: 2, eventsMax: 1 }), [2]);
      assert.deepEqual(await sequences({ model: 'other' }), []);
      assert.equal(await reasonOf(client.history({ fromSequence: 1.5 }, {})), 'INVALID_FIELD');
      await close();
    }));

  it('says what it does not know', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      const reason = 'x';
      const asked = () => reasonOf(client.getVersion({ model: 'm', alias: 'production' }, {}));
      assert.equal(await asked(), 'MODEL_UNKNOWN');
      await register();
      assert.equal(await asked(), 'ALIAS_UNKNOWN');
      assert.equal(
        await reasonOf(client.getVersion({ model: 'm', version: 2 }, {})),
        'VERSION_UNKNOWN',
      );
      const move = { model: 'm', version: 1, expectedGeneration: -1 };
      const promoted = (change: object) => reasonOf(client.promote({ ...move, ...change }, {}));
      assert.equal(await promoted({ alias: 'previous', reason }), 'ALIAS_UNKNOWN');
      assert.equal(await promoted({ alias: 'shadow' }), 'INVALID_FIELD');
      assert.equal(await promoted({ alias: 'shadow', reason, version: 9 }), 'VERSION_UNKNOWN');
      assert.equal(
        await promoted({ alias: 'shadow', reason, expectedGeneration: -2 }),
        'INVALID_FIELD',
      );
      assert.equal(
        await reasonOf(client.rollback({ model: 'm', reason }, {})),
        'ROLLBACK_TARGET_MISSING',
      );
      await close();
    }));

  it('says of a blob that is there that it has another size than was said', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const { artifactDigest: digest } = provenance();
      async function* shorter() {
        yield await Promise.resolve({ header: { digest, bytes: 5, fromByte: 0, format: 'onnx' } });
        yield { chunk: Buffer.from(artifact) };
      }
      assert.equal(await reasonOf(client.upload(shorter(), {})), 'ARTIFACT_CORRUPT');
      await close();
    }));
  it('takes a reason of one line and no other, which could look like more than one entry', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const move = { model: 'm', alias: 'shadow', version: 1, expectedGeneration: -1 };
      for (const reason of ['', '   ', 'a\nb', '\u001b[2J', 'x'.repeat(501)]) {
        assert.equal(await reasonOf(client.promote({ ...move, reason }, {})), 'INVALID_FIELD');
      }
      await client.promote({ ...move, reason: 'spät, aber richtig 🚂' }, {});
      await close();
    }));
  it('steers traffic, and refuses what says nothing, or something outside of its range', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const move = { model: 'm', alias: 'canary', version: 1, expectedGeneration: -1 };
      await client.promote({ ...move, reason: 'r', isForced: true }, {});
      const steer = { model: 'm', expectedGeneration: 1, reason: 'r' };
      for (const change of [
        {},
        { isNextStep: false },
        { canaryShare: 1.01 },
        { canaryShare: Number.NaN },
        { isHeld: true, expectedGeneration: 0.5 },
        { isHeld: true, reason: '' },
      ]) {
        assert.equal(
          await reasonOf(client.setTraffic({ ...steer, ...change }, {})),
          'INVALID_FIELD',
        );
      }
      const { traffic } = await client.setTraffic({ ...steer, canaryShare: 0 }, {});
      assert.deepEqual([traffic?.generation, traffic?.canaryRamp?.share], [2, 0]);
      const told = await client.getTraffic({ model: 'm' }, {});
      assert.deepEqual(told.traffic, traffic);
      assert.deepEqual([told.rampSteps.at(-1), told.holdForMs], [1, 3_600_000]);
      assert.equal(await reasonOf(client.getTraffic({ model: 'x' }, {})), 'MODEL_UNKNOWN');
      await close();
    }));
  it('lists versions and aliases as they stood at a time', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      const { version } = await register();
      const before = await client.listVersions({ atMs: (version?.registeredAtMs ?? 0) - 1 }, {});
      assert.deepEqual([before.versions, before.sequence], [[], 0]);
      const then = await client.listVersions({ atMs: version?.registeredAtMs ?? 0 }, {});
      assert.equal(then.versions[0]?.version, 1);
      await close();
    }));

  it('takes so many watchers and no more', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const leaving = new AbortController();
      const first = () =>
        client.watch({}, { signal: leaving.signal })[Symbol.asyncIterator]().next();
      await Promise.all([first(), first()]);
      assert.equal(await reasonOf(first()), 'QUEUE_FULL');
      leaving.abort(new Error('done'));
      const again = new AbortController();
      await eventually('there is room for a watcher', async () => {
        const next = client.watch({}, { signal: again.signal })[Symbol.asyncIterator]().next();
        return (await reasonOf(next)) === 'none';
      });
      again.abort(new Error('done'));
      await close();
    }));

  it('refuses to give an artifact whose file was changed', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const { artifactDigest } = provenance();
      writeFileSync(join(folder, 'blobs', artifactDigest), 'changed');
      assert.equal(
        await reasonOf(bytesOf(client.download({ artifactDigest }, {}))),
        'ARTIFACT_CORRUPT',
      );
      assert.equal(
        await reasonOf(bytesOf(client.download({ artifactDigest: '../x' }, {}))),
        'VERSION_UNKNOWN',
      );
      await close();
    }));

  it('lets exactly one of two concurrent moves win', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const move = {
        model: 'm',
        alias: 'production',
        version: 1,
        expectedGeneration: 0,
        reason: 'x',
        isForced: true,
      };
      const reasons = await Promise.all([
        reasonOf(client.promote(move, {})),
        reasonOf(client.promote(move, {})),
      ]);
      assert.deepEqual(reasons.sort(), ['ALIAS_MOVED', 'none']);
      await close();
    }));

  it('tells a watcher what was and then what comes', () =>
    withFolder(async (folder) => {
      const { client, register, close } = await serve(folder);
      await register();
      const leaving = new AbortController();
      const events = client
        .watch({ fromSequence: 1 }, { signal: leaving.signal })
        [Symbol.asyncIterator]();
      assert.equal((await events.next()).value?.event?.versionRegistered?.version, 1);
      const next = events.next();
      await client.promote(
        { model: 'm', alias: 'shadow', version: 1, expectedGeneration: -1, reason: 'x' },
        {},
      );
      assert.equal((await next).value?.event?.aliasesMoved?.aliases[0]?.alias, 'shadow');
      leaving.abort(new Error('done'));
      await assert.rejects(Promise.resolve(events.next()));
      await close();
    }));
});
