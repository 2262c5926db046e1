import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { artifact, attachments, provenance } from '../support/provenance.ts';
import {
  type RegistryClient,
  RunningRegistry,
  registrationOf,
  uploadWhole,
} from '../support/running-registry.ts';

const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
/** 2 kills a test, and 60 in `npm run test:long`. */
const kills = rounds > 1 ? 6 * rounds : 2;
const blobBytes = 3_000_000;
const uploader = fileURLToPath(new URL('../support/fake-registry-uploader.js', import.meta.url));

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const randomBelow = (limit: number) => Math.floor(systemRandom.next() * limit);

/** Gives the bytes from `from` on in chunks of any size, and calls `stop` once behind the byte `stopAt`, in the middle of a chunk. */
async function* until(bytes: Uint8Array, from: number, stopAt: number, stop: () => Promise<void>) {
  for (let at = from; at < stopAt; ) {
    const end = Math.min(stopAt, at + 1 + randomBelow(60_000));
    yield bytes.subarray(at, end);
    at = end;
  }
  await stop();
  yield bytes.subarray(stopAt);
}

async function* uploadOf(bytes: Uint8Array, fromByte: number, chunks: AsyncIterable<Uint8Array>) {
  yield { header: { digest: digestOf(bytes), bytes: bytes.length, fromByte, format: 'json' } };
  for await (const chunk of chunks) yield { chunk };
}

async function downloaded(registry: RegistryClient, digest: string, fromByte = 0): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { chunk } of registry.download({ artifactDigest: digest, fromByte })) {
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Uploads to a registry that is killed behind a random byte, then goes on at the next one, until it is whole. */
async function uploadUnderKills(folder: string, killsLeft: number): Promise<number> {
  const bytes = randomBytes(blobBytes);
  const digest = digestOf(bytes);
  let sent = 0;
  for (let kill = 0; ; kill += 1) {
    await using registry = await RunningRegistry.start(folder);
    const { receivedBytes, isComplete } = await registry.client.getUpload({ digest });
    assert.ok(!isComplete && receivedBytes <= sent, `${receivedBytes} of ${sent} sent`);
    if (kill === killsLeft || kill === 4) {
      const rest = until(bytes, receivedBytes, bytes.length, () => Promise.resolve());
      const done = await registry.client.upload(uploadOf(bytes, receivedBytes, rest));
      assert.deepEqual(done, { receivedBytes: bytes.length, isComplete: true });
      assert.ok((await downloaded(registry.client, digest)).equals(bytes));
      assert.deepEqual(readdirSync(join(folder, 'registry', 'artifacts', 'uploads')), []);
      return kill;
    }
    sent = receivedBytes + randomBelow(bytes.length - receivedBytes);
    const chunks = until(bytes, receivedBytes, sent, () => registry.kill());
    await assert.rejects(registry.client.upload(uploadOf(bytes, receivedBytes, chunks)));
  }
}

/** Starts the client's process, kills it behind a random byte, and says whether it was done before. */
async function killUploader(address: string, path: string, stopAt: number): Promise<boolean> {
  const child = spawn(process.execPath, [uploader, address, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let isDone = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= stopAt) child.kill('SIGKILL');
    isDone ||= line === 'complete true';
  }
  await closed;
  return isDone;
}

/** Downloads from a byte on, kills the registry behind a random one, and gives what came until then. */
async function downloadUnderKill(
  registry: RunningRegistry,
  digest: string,
  fromByte: number,
): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let leftBytes = randomBelow(blobBytes);
  try {
    for await (const { chunk } of registry.client.download({ artifactDigest: digest, fromByte })) {
      parts.push(chunk);
      leftBytes -= chunk.length;
      if (leftBytes <= 0) await registry.kill();
    }
  } catch (error) {
    assert.ok(error instanceof MeshError && error.code !== 'DATA_LOSS', String(error));
  }
  return parts;
}

describe('an upload', () => {
  it(`goes on where a registry was killed, at any byte (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    for (let killed = 0; killed < kills; ) {
      killed += await uploadUnderKills(folder.path, kills - killed);
    }
  });
  it(`goes on where the client was killed, at any byte (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    await using registry = await RunningRegistry.start(folder.path);
    for (let killed = 0; killed < kills; ) {
      const bytes = randomBytes(blobBytes);
      const path = join(folder.path, 'blob');
      writeFileSync(path, bytes);
      let stopAt = 0;
      for (let isDone = false; !isDone; killed += isDone ? 0 : 1) {
        stopAt += 1 + randomBelow(blobBytes / 2);
        isDone = await killUploader(registry.address, path, stopAt);
      }
      assert.ok((await downloaded(registry.client, digestOf(bytes))).equals(bytes));
    }
    const uploads = join(folder.path, 'registry', 'artifacts', 'uploads');
    await eventually('nothing is left half', () => readdirSync(uploads).length === 0);
  });
});

describe('a registration', () => {
  it(`is there whole or not at all when the registry is killed in the middle of its artifact (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    const bytes = Buffer.concat([artifact, randomBytes(blobBytes)]);
    // An unknown field of bytes: what ONNX Runtime and the registry leave alone.
    const field = Buffer.from([0xfa, 0x7d, 0, 0, 0, 0]);
    for (let rest = blobBytes, at = 2; at < 6; at += 1, rest = Math.floor(rest / 128)) {
      field[at] = (rest % 128) | (at < 5 ? 0x80 : 0);
    }
    const model = Buffer.concat([artifact, field, bytes.subarray(artifact.length)]);
    const wanted = provenance({ artifactDigest: digestOf(model), artifactBytes: model.length });
    for (let kill = 0; kill < kills; kill += 1) {
      await using registry = await RunningRegistry.start(folder.path);
      for (const blob of attachments) await uploadWhole(registry.client, blob, digestOf(blob));
      const stopAt = randomBelow(model.length);
      const chunks = until(model, 0, stopAt, () => registry.kill());
      await assert.rejects(registry.client.registerVersion(registrationOf('m', wanted, chunks)));
    }
    await using registry = await RunningRegistry.start(folder.path);
    assert.deepEqual(readdirSync(join(folder.path, 'registry', 'artifacts', 'uploads')), []);
    assert.deepEqual((await registry.client.listVersions({})).versions, []);
    const chunks = until(model, 0, model.length, () => Promise.resolve());
    const { version } = await registry.client.registerVersion(registrationOf('m', wanted, chunks));
    assert.equal(version?.version, 1);
    assert.ok((await downloaded(registry.client, digestOf(model))).equals(model));
  });
});

describe('a download', () => {
  it(`goes on at the byte where the registry was killed (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    const bytes = randomBytes(blobBytes);
    const digest = digestOf(bytes);
    let whole = 0;
    let parts: Uint8Array[] = [];
    for (let kill = 0; kill < kills || whole === 0; kill += 1) {
      await using registry = await RunningRegistry.start(folder.path);
      if (kill === 0) await uploadWhole(registry.client, bytes, digest);
      const received = parts.reduce((sum, { length }) => sum + length, 0);
      parts.push(...(await downloadUnderKill(registry, digest, received)));
      const found = Buffer.concat(parts);
      if (found.length < bytes.length) continue;
      assert.ok(found.equals(bytes));
      whole += 1;
      parts = [];
    }
  });
});
