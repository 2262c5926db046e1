import { join } from 'node:path';
import { FolderBlobs } from '../../services/registry/adapters/folder-blobs.ts';
import { openLog } from '../../services/registry/adapters/open-log.ts';
import { openSigningKey } from '../../services/registry/adapters/signing-key.ts';
import { VersionSigner } from '../../services/registry/core/signed-version.ts';
import { wireVersions } from '../../services/registry/rpc/wire-versions.ts';
import { Registry } from '../../services/registry/versions/registry.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { evidence } from './evidence.ts';
import { artifact, oneChunk, provenance, storeAttachments } from './provenance.ts';

/**
 * A process that registers, takes evidence, promotes and rolls back for ever, in the folder of its first argument and on the log of its second, and prints what was
 * acknowledged: `register <version>`, `attach <sequence>`, `promote <sequence>`, `rollback <sequence>`.
 */
const [, , folder = '', store = ''] = process.argv;
const { log } = await openLog({ store, folder, meshName: 'kill', clock: systemClock });
const blobs = new FolderBlobs(join(folder, 'artifacts'));
await storeAttachments(blobs);
const registry = await Registry.open({
  log,
  blobs,
  signer: new VersionSigner(openSigningKey(folder)),
  clock: systemClock,
  limits: { artifactBytesMax: 1_000, uploadsMax: 1 },
  isDirtyTaken: false,
  codec: wireVersions,
});
for (let index = registry.state.sequence + 1; ; index += 1) {
  const registration = { model: 'm', provenance: provenance({ trainedAtMs: index }) };
  const { version } = await registry.register(registration, oneChunk(artifact), 'mover');
  process.stdout.write(`register ${version.version}\n`);
  const found = evidence({ version: version.version, madeAtMs: index });
  process.stdout.write(`attach ${(await registry.attach(found, 'mover')).sequence}\n`);
  // Forced: parity is not all that is asked for, and what is killed here is the move.
  const move = {
    model: 'm',
    alias: 'production',
    expectedGeneration: -1,
    reason: 'r',
    isForced: true,
  } as const;
  const promoted = await registry.promote({ ...move, version: version.version }, 'mover');
  process.stdout.write(`promote ${promoted.sequence}\n`);
  // The first promotion has nothing to go back to, whichever version it was of: one may have been killed between its registration and its promotion.
  if ((registry.state.alias('m', 'previous')?.version ?? 0) === 0) continue;
  const back = { model: 'm', reason: 'r', fromVersion: version.version };
  const rolledBack = await registry.rollback(back, 'mover');
  process.stdout.write(`rollback ${rolledBack.sequence}\n`);
}
