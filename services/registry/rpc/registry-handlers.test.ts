import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { artifact, provenance } from '../../../test/support/provenance.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import { implement } from '../../shared/platform/grpc/implement.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock as clock } from '../../shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import { FolderBlobs } from '../adapters/folder-blobs.ts';
import { LmdbLog } from '../adapters/lmdb-log.ts';
import { Registry } from '../versions/registry.ts';
import { registryHandlers } from './registry-handlers.ts';

type Uploaded = ReturnType<typeof provenance>;

async function serve(folder: string) {
  const store = KeyValueStore.open({ directory: join(folder, 'log') });
  const registry = await Registry.open({
    log: new LmdbLog(store),
    blobs: new FolderBlobs(join(folder, 'blobs')),
    clock,
    limits: { artifactBytesMax: 1_000, uploadsMax: 2 },
  });
  const server = createServer({
    name: 'registry',
    address: '127.0.0.1:0',
    clock,
    services: [
      implement(
        'mlmesh.registry.v1.RegistryService',
        registryHandlers({ registry, actorOf: () => 'me', watchersMax: 2 }),
      ),
    ],
  });
  await server.start();
  const client = connectService('mlmesh.registry.v1.RegistryService', [server.address], { clock });
  async function* upload(wire: Uploaded, bytes: Uint8Array) {
    const { artifactFormat, trainingData, signature, ...rest } = wire;
    yield await Promise.resolve({
      header: {
        model: 'm',
        provenance: {
          ...rest,
          artifactFormat,
          trainingData: { ...trainingData, definitionHashes: [...trainingData.definitionHashes] },
          signature: {
            ...signature,
            features: [...signature.features],
            inputs: signature.inputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
            outputs: signature.outputs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
          },
        },
      },
    });
    for (let from = 0; from < bytes.length; from += 7) {
      yield { chunk: Buffer.from(bytes.subarray(from, from + 7)) };
    }
  }
  const register = (change: Partial<Uploaded> = {}, bytes: Uint8Array = artifact) =>
    client.registerVersion(upload(provenance(change), bytes), {});
  const close = async () => {
    client.close();
    await server.stop(1_000);
    await store[Symbol.asyncDispose]();
  };
  return { client, register, close };
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
        { model: 'm', alias: 'production', version: 1, expectedGeneration: 0, reason: 'first' },
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
      assert.deepEqual(readdirSync(join(folder, 'blobs')), ['uploads']);
      assert.deepEqual(readdirSync(join(folder, 'blobs', 'uploads')), []);
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
