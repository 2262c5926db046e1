import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { artifact, attachments, provenance } from '../../../test/support/provenance.ts';
import {
  type RegistryClient,
  RunningRegistry,
  registrationOf,
  uploadWhole,
} from '../../../test/support/running-registry.ts';
import { SmallDisk } from '../../../test/support/small-disk.ts';

const mebibyte = 1024 * 1024;
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const isDiskFull = { code: 'RESOURCE_EXHAUSTED', reason: 'DISK_FULL' };

/** Why a small disk can't be had; a CI machine has to have one. */
function withoutDisk(): string | false {
  if (process.env['CI'] !== undefined) return false;
  using disk = SmallDisk.mount(mebibyte);
  return disk === undefined ? 'this user may not mount a small disk' : false;
}

const register = (client: RegistryClient, trainedAtMs: number) =>
  client.registerVersion(registrationOf('m', provenance({ trainedAtMs }), [artifact]));

const promote = (client: RegistryClient, version: number) => {
  const move = { model: 'm', alias: 'shadow', expectedGeneration: -1, reason: 'r' };
  return client.promote({ ...move, version });
};

/** Gives what is left of a state when only what a caller can see counts. */
async function seen(client: RegistryClient) {
  const { versions, aliases, sequence } = await client.listVersions({});
  return { versions: versions.map(({ version }) => version), aliases, sequence };
}

async function faultsOf(client: RegistryClient): Promise<readonly string[]> {
  const faults: string[] = [];
  for await (const { fault } of client.verifyLog({})) if (fault !== '') faults.push(fault);
  return faults;
}

describe('a registry whose disk is full', { skip: withoutDisk() }, () => {
  it('refuses what changes something, loses nothing, serves on, and goes on when there is room', async () => {
    using disk = SmallDisk.mount(128 * mebibyte);
    assert.ok(disk !== undefined, 'a CI machine may mount a small disk');
    const blob = randomBytes(3 * mebibyte);
    {
      await using registry = await RunningRegistry.start(disk.path);
      const { client } = registry;
      for (const bytes of attachments) await uploadWhole(client, bytes, digestOf(bytes));
      await register(client, 1);
      await promote(client, 1);
      const before = await seen(client);
      // 16 MiB: room for a blob, and less than what the log must leave free.
      disk.fill(16 * mebibyte);
      await assert.rejects(register(client, 2), isDiskFull);
      await assert.rejects(promote(client, 1), isDiskFull);
      const marking = { model: 'm', version: 1, reason: 'r', isCleared: false };
      await assert.rejects(client.quarantine(marking), isDiskFull);
      disk.fill(mebibyte);
      await assert.rejects(uploadWhole(client, blob, digestOf(blob)), isDiskFull);
      assert.deepEqual(await seen(client), before);
      assert.deepEqual(await faultsOf(client), []);
      await registry.kill();
      await using again = await RunningRegistry.start(disk.path);
      assert.deepEqual(await seen(again.client), before);
      await assert.rejects(promote(again.client, 1), isDiskFull);
      disk.free();
      assert.equal((await register(again.client, 2)).version?.version, 2);
      assert.equal((await promote(again.client, 2)).sequence, before.sequence + 2);
      const { receivedBytes } = await again.client.getUpload({ digest: digestOf(blob) });
      assert.ok(receivedBytes > 0 && receivedBytes < blob.length, String(receivedBytes));
      const header = { digest: digestOf(blob), bytes: blob.length, fromByte: receivedBytes };
      const rest = blob.subarray(receivedBytes);
      const sent = (async function* messages() {
        yield await Promise.resolve({ header: { ...header, format: 'json' } });
        for (let from = 0; from < rest.length; from += mebibyte) {
          yield { chunk: rest.subarray(from, from + mebibyte) };
        }
      })();
      assert.equal((await again.client.upload(sent)).isComplete, true);
      await again.kill();
    }
    await using last = await RunningRegistry.start(disk.path);
    assert.deepEqual((await seen(last.client)).versions, [1, 2]);
    assert.deepEqual(await faultsOf(last.client), []);
  });
});
