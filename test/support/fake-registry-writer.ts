import { join } from 'node:path';
import { FolderBlobs } from '../../services/registry/adapters/folder-blobs.ts';
import { LmdbLog } from '../../services/registry/adapters/lmdb-log.ts';
import type { LogStore } from '../../services/registry/ports.ts';
import { wireVersions } from '../../services/registry/rpc/wire-versions.ts';
import { Registry } from '../../services/registry/versions/registry.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { KeyValueStore } from '../../services/shared/platform/store/key-value-store.ts';
import { artifact, oneChunk, provenance, storeAttachments } from './provenance.ts';
import { testSigner } from './registry-signer.ts';

/**
 * A process that registers and promotes version after version in the folder of its first argument, and prints the number of each once it
 * is acknowledged. With a second argument it stops before that event is appended, says so, and waits to be killed.
 */
const folder = process.argv[2] ?? '';
const stopAt = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
const log = new LmdbLog(KeyValueStore.open({ directory: join(folder, 'log') }));
const stoppingLog: LogStore = {
  read: (fromSequence) => log.read(fromSequence),
  async append(expectedSequence, events) {
    if (expectedSequence + 1 >= stopAt) {
      process.stdout.write('stopped\n');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }
    await log.append(expectedSequence, events);
  },
};
const blobs = new FolderBlobs(join(folder, 'artifacts'));
await storeAttachments(blobs);
const registry = await Registry.open({
  log: stoppingLog,
  blobs,
  signer: testSigner(),
  isDirtyTaken: false,
  codec: wireVersions,
  clock: systemClock,
  limits: { artifactBytesMax: 1_000, uploadsMax: 1 },
});
for (let index = 1; ; index += 1) {
  const registration = { model: 'm', provenance: provenance({ trainedAtMs: index }) };
  const { version } = await registry.register(registration, oneChunk(artifact), 'writer');
  // Forced: nobody has checked the version, and what is killed here is the move.
  const move = {
    model: 'm',
    alias: 'production',
    expectedGeneration: -1,
    reason: 'r',
    isForced: true,
  } as const;
  await registry.promote({ ...move, version: version.version }, 'writer');
  process.stdout.write(`${version.version}\n`);
}
