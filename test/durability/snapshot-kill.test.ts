import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { openLog } from '../../services/registry/adapters/open-log.ts';
import { openSigningKey } from '../../services/registry/adapters/signing-key.ts';
import { wireVersions } from '../../services/registry/rpc/wire-versions.ts';
import { readSnapshot } from '../../services/registry/versions/snapshot.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { fillRegistry } from '../support/many-versions.ts';
import { RunningRegistry } from '../support/running-registry.ts';

const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
/** 2 kills, and 60 in `npm run test:long`. */
const kills = rounds > 1 ? 6 * rounds : 2;
/** Where none of them fell into the writing of a snapshot, more follow, up to so many. */
const killsMax = 6 * rounds;
const versions = 4_000;
/** Writing so many takes about this long. */
const writeMs = 15;

const snapshotOf = (dataDirectory: string) => join(dataDirectory, 'registry', 'snapshot');

/** Resolves at a random time behind the begin of a file, some milliseconds that its writing takes; at the latest after 2 s. */
async function untilWriting(path: string): Promise<void> {
  const startedMs = performance.now();
  while (!existsSync(path) && performance.now() - startedMs < 2_000) await nextTurn();
  await delay(systemRandom.next() * writeMs);
}

/** Gives where the snapshot in a data directory stands; it has to be one that holds, however its writer ended. */
async function standsAt(dataDirectory: string): Promise<number> {
  const folder = join(dataDirectory, 'registry');
  const place = { store: 'lmdb', folder, meshName: 'running', clock: systemClock };
  const opened = await openLog(place);
  const key = openSigningKey(dataDirectory);
  const snapshot = { path: snapshotOf(dataDirectory), key, codec: wireVersions };
  const found = await readSnapshot(snapshot, opened.log);
  await opened.close();
  assert.equal(found.kind, 'found');
  return found.kind === 'found' ? found.state.sequence : 0;
}

describe('a registry that is killed while it stops and writes its snapshot', () => {
  it(`starts from a snapshot that holds and the log behind it (${kills} kills)`, async () => {
    using folder = temporaryFolder();
    const counts = { late: versions };
    await fillRegistry(folder.path, { counts, featureSetHash: () => 'd'.repeat(64) });
    const first = await RunningRegistry.start(folder.path);
    let sequence = (await move(first, 1)).sequence;
    await first[Symbol.asyncDispose]();
    assert.equal(await standsAt(folder.path), sequence);
    let halves = 0;
    for (let kill = 0; kill < kills || (halves === 0 && kill < killsMax); kill += 1) {
      await using registry = await RunningRegistry.start(folder.path);
      const { versions: held, sequence: found } = await registry.client.listVersions({
        model: 'late',
        isAliasedOnly: true,
      });
      assert.equal(found, sequence);
      assert.ok(held.some(({ version }) => version === 1 + (kill % versions)));
      sequence = (await move(registry, 2 + (kill % (versions - 1)))).sequence;
      await registry.killWhileStopping(() => untilWriting(`${snapshotOf(folder.path)}.new`));
      assert.ok((await standsAt(folder.path)) <= sequence);
      if (existsSync(`${snapshotOf(folder.path)}.new`)) halves += 1;
      rmSync(`${snapshotOf(folder.path)}.new`, { force: true });
    }
    assert.ok(halves > 0, 'no kill fell into the writing of a snapshot');
  });
});

function move({ client }: RunningRegistry, version: number) {
  return client.promote({
    model: 'late',
    alias: 'shadow',
    version,
    expectedGeneration: -1,
    reason: 'r',
  });
}
