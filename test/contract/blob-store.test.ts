import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FolderBlobs } from '../../services/registry/adapters/folder-blobs.ts';
import type { BlobStore } from '../../services/registry/ports.ts';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { pidSpace } from '../../services/shared/platform/process/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryBlobs } from '../support/memory-blobs.ts';
import { SmallDisk } from '../support/small-disk.ts';

/** Blobs under test. */
interface BlobsUnderTest extends Disposable {
  readonly blobs: BlobStore;
  damage(digest: string): void;
}

const adapters: Readonly<Record<string, () => BlobsUnderTest>> = {
  'in memory'() {
    const blobs = new MemoryBlobs();
    return { blobs, damage: (digest) => blobs.damage(digest), [Symbol.dispose]: () => {} };
  },
  'in a folder'() {
    const folder = temporaryFolder();
    return {
      blobs: new FolderBlobs(folder.path),
      damage: (digest) => writeFileSync(join(folder.path, digest), 'damaged'),
      [Symbol.dispose]: () => folder[Symbol.dispose](),
    };
  },
};

const bytes = Buffer.alloc(700_000, 'a model that is larger than a chunk ');
const digest = createHash('sha256').update(bytes).digest('hex');
const blob = { digest, bytes: bytes.length };

/** Why a small disk can't be had here; false where it can. */
function skipSmallDisk(): string | false {
  using disk = SmallDisk.mount(65_536);
  return disk === undefined ? 'this user may not mount a disk' : false;
}

async function* chunks(of: Buffer, chunkBytes = 65_536): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < of.length; from += chunkBytes) {
    yield await Promise.resolve(of.subarray(from, from + chunkBytes));
  }
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes.subarray(0, 1_000));
  throw new Error('the client is gone');
}

async function all(read: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of read) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const hasReason = (reason: string) => (error: unknown) =>
  error instanceof MeshError && error.reason === reason;

for (const [name, make] of Object.entries(adapters)) {
  describe(`artifacts ${name}`, () => {
    it('come out as they went in, also when they went in twice', async () => {
      using under = make();
      await under.blobs.write(blob, chunks(bytes));
      await under.blobs.write(blob, chunks(bytes, 1_000));
      assert.ok((await all(under.blobs.read(digest))).equals(bytes));
    });
    it('are refused when digest or size is another, and nothing is kept', async () => {
      using under = make();
      const flipped = Buffer.from(bytes);
      flipped[5] = 0;
      for (const [wrong, bytesSaid] of [
        [flipped, bytes.length],
        [bytes, bytes.length + 1],
        [bytes, bytes.length - 1],
        [bytes.subarray(1), bytes.length],
        [Buffer.alloc(0), bytes.length],
      ] as const) {
        const write = under.blobs.write({ digest, bytes: bytesSaid }, chunks(wrong));
        await assert.rejects(write, hasReason('ARTIFACT_CORRUPT'));
      }
      await assert.rejects(all(under.blobs.read(digest)), hasReason('VERSION_UNKNOWN'));
    });
    it('are not kept when their upload breaks off', async () => {
      using under = make();
      await assert.rejects(under.blobs.write(blob, broken()), /the client is gone/);
      await assert.rejects(all(under.blobs.read(digest)), hasReason('VERSION_UNKNOWN'));
    });
    it('are not given out once they are damaged, until they are stored again', async () => {
      using under = make();
      await under.blobs.write(blob, chunks(bytes));
      under.damage(digest);
      await assert.rejects(all(under.blobs.read(digest)), hasReason('ARTIFACT_CORRUPT'));
      await under.blobs.write(blob, chunks(bytes));
      assert.ok((await all(under.blobs.read(digest))).equals(bytes));
    });
    it('go on where an upload broke off, at any byte, and come out in part', async () => {
      using under = make();
      const { blobs } = under;
      let received = 0;
      for (const end of [1, 1_000, 65_536, bytes.length - 1, bytes.length]) {
        assert.deepEqual(await blobs.received(digest), { bytes: received, isComplete: false });
        await assert.rejects(
          blobs.resume(blob, received + 1, chunks(bytes)),
          hasReason('UPLOAD_OFFSET'),
        );
        received = await blobs.resume(blob, received, chunks(bytes.subarray(received, end), 999));
        assert.equal(received, end);
      }
      assert.deepEqual(await blobs.received(digest), { bytes: bytes.length, isComplete: true });
      assert.equal(await blobs.resume(blob, 0, broken()), bytes.length);
      for (const from of [0, 1, 300_000, bytes.length]) {
        assert.ok((await all(blobs.read(digest, from))).equals(bytes.subarray(from)));
      }
      const beyond = all(blobs.read(digest, bytes.length + 1));
      await assert.rejects(beyond, hasReason('INVALID_FIELD'));
    });
    it('keep what came before an upload broke off, and nothing that turns out to be another', async () => {
      using under = make();
      const { blobs } = under;
      await assert.rejects(blobs.resume(blob, 0, broken()), /the client is gone/);
      assert.deepEqual(await blobs.received(digest), { bytes: 1_000, isComplete: false });
      const flipped = Buffer.from(bytes);
      flipped[2_000] = 0;
      const wrong = blobs.resume(blob, 1_000, chunks(flipped.subarray(1_000)));
      await assert.rejects(wrong, hasReason('ARTIFACT_CORRUPT'));
      assert.deepEqual(await blobs.received(digest), { bytes: 0, isComplete: false });
    });
    it('are listed, and removed once and for all', async () => {
      using under = make();
      const { blobs } = under;
      await blobs.write(blob, chunks(bytes));
      const listed: string[] = [];
      for await (const stored of blobs.list()) listed.push(stored.digest);
      assert.deepEqual(listed, [digest]);
      await blobs.remove(digest);
      await blobs.remove(digest);
      await assert.rejects(all(blobs.read(digest)), hasReason('VERSION_UNKNOWN'));
    });
    it('are asked for by digest and nothing else', async () => {
      using under = make();
      for (const asked of ['', '../x', digest.toUpperCase(), 'f'.repeat(64)]) {
        await assert.rejects(all(under.blobs.read(asked)), hasReason('VERSION_UNKNOWN'));
      }
    });
  });
}

describe('artifacts in a folder', () => {
  it('are refused whole when the disk is full, and go on when there is room', {
    skip: skipSmallDisk(),
  }, async () => {
    using disk = SmallDisk.mount(4 * 1024 * 1024);
    assert.ok(disk !== undefined);
    const blobs = new FolderBlobs(disk.path);
    disk.fill(300_000);
    await assert.rejects(blobs.write(blob, chunks(bytes)), hasReason('DISK_FULL'));
    assert.deepEqual(readdirSync(join(disk.path, 'uploads')), []);
    await assert.rejects(blobs.resume(blob, 0, chunks(bytes)), hasReason('DISK_FULL'));
    disk.free();
    const { bytes: received } = await blobs.received(digest);
    assert.ok(received > 0 && received < bytes.length, String(received));
    await blobs.resume(blob, received, chunks(bytes.subarray(received)));
    assert.ok((await all(blobs.read(digest))).equals(bytes));
  });
  it('leave no file behind that is not whole', async () => {
    using folder = temporaryFolder();
    const blobs = new FolderBlobs(folder.path);
    await assert.rejects(blobs.write(blob, broken()));
    assert.deepEqual(readdirSync(join(folder.path, 'uploads')), []);
  });
  it('lose what a process left of an upload that is gone, and go on with what can be gone on with', async () => {
    using folder = temporaryFolder();
    new FolderBlobs(folder.path);
    // A pid that no process has: Linux gives none above 2^22.
    const left = (suffix: string) => `${digest}.${pidSpace()}.4194305.1.left.${suffix}`;
    const uploads = join(folder.path, 'uploads');
    writeFileSync(join(uploads, left('whole')), bytes.subarray(0, 10));
    writeFileSync(join(uploads, left('held')), bytes.subarray(0, 1_000));
    const blobs = new FolderBlobs(folder.path);
    assert.deepEqual(readdirSync(uploads), [`${digest}.part`]);
    assert.deepEqual(await blobs.received(digest), { bytes: 1_000, isComplete: false });
    await blobs.resume(blob, 1_000, chunks(bytes.subarray(1_000)));
    assert.ok((await all(blobs.read(digest))).equals(bytes));
    assert.deepEqual(readdirSync(uploads), []);
  });
  it('leave what a process of another machine writes alone for a day', async () => {
    using folder = temporaryFolder();
    const clock = new ManualClock();
    new FolderBlobs(folder.path, clock);
    const uploads = join(folder.path, 'uploads');
    const left = join(uploads, `${digest}.elsewhere_pid-1.4194305.1.left.whole`);
    writeFileSync(left, 'half');
    utimesSync(left, clock.epoch() / 1_000, clock.epoch() / 1_000);
    new FolderBlobs(folder.path, clock);
    assert.ok(existsSync(left));
    await clock.advance(86_400_001);
    new FolderBlobs(folder.path, clock);
    assert.ok(!existsSync(left));
  });
  it('survive the start of another registry on the same folder while they are uploaded, either way', async () => {
    using folder = temporaryFolder();
    const first = new FolderBlobs(folder.path);
    async function* interrupted(from: number) {
      yield* chunks(bytes.subarray(from, 300_000));
      await Promise.resolve(new FolderBlobs(folder.path));
      yield* chunks(bytes.subarray(300_000));
    }
    await first.write(blob, interrupted(0));
    assert.ok((await all(first.read(digest))).equals(bytes));
    await first.remove(digest);
    assert.equal(await first.resume(blob, 0, interrupted(0)), bytes.length);
    assert.ok((await all(first.read(digest))).equals(bytes));
  });
  it('are whole when two upload the same one at once, each where the other one is', async () => {
    using folder = temporaryFolder();
    const [first, second] = [new FolderBlobs(folder.path), new FolderBlobs(folder.path)];
    const secondDone = new AbortController();
    async function* slow() {
      yield bytes.subarray(0, 200_000);
      await once(secondDone.signal, 'abort');
      // What comes after the other one has published must not get into the published file.
      yield bytes.subarray(200_000, 300_000);
      throw new Error('the client is gone');
    }
    const slowly = first.resume(blob, 0, slow());
    await eventually('what came is told', async () => {
      return (await second.received(digest)).bytes === 200_000;
    });
    assert.equal(await second.resume(blob, 200_000, chunks(bytes.subarray(200_000))), bytes.length);
    secondDone.abort();
    await assert.rejects(slowly, /the client is gone/);
    assert.ok((await all(first.read(digest))).equals(bytes));
    assert.deepEqual(readdirSync(join(folder.path, 'uploads')), []);
  });
});
