import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FolderBlobs } from '../../services/registry/adapters/folder-blobs.ts';
import { openLog } from '../../services/registry/adapters/open-log.ts';
import { openSigningKey } from '../../services/registry/adapters/signing-key.ts';
import type { RegistryEvent } from '../../services/registry/core/registry-event.ts';
import { VersionSigner } from '../../services/registry/core/signed-version.ts';
import { verifyLog } from '../../services/registry/versions/verify-log.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { systemRandom } from '../../services/shared/platform/process/system-random.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { PostgresServer, skipPostgres } from '../support/postgres-server.ts';

const mover = fileURLToPath(new URL('../support/fake-registry-mover.js', import.meta.url));
const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
/** 3 kills an adapter, and 60 in `npm run test:long`. */
const kills = rounds > 1 ? 6 * rounds : 3;
/** Longest run of the process after its first acknowledgement: some dozens of calls, so that kills fall anywhere in them. */
const runMsMax = 60;

/** Starts the mover, kills it at a random time, and gives what it had acknowledged. */
async function killAtRandom(folder: string, store: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [mover, folder, store], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === 1)
      void delay(systemRandom.next() * runMsMax).then(() => child.kill('SIGKILL'));
  }
  await closed;
  assert.equal(child.signalCode, 'SIGKILL');
  return lines;
}

async function eventsOf(folder: string, store: string): Promise<readonly RegistryEvent[]> {
  const opened = await openLog({ store, folder, meshName: 'kill', clock: systemClock });
  const blobs = new FolderBlobs(join(folder, 'artifacts'));
  const parts = { log: opened.log, blobs, signer: new VersionSigner(openSigningKey(folder)) };
  const faults: string[] = [];
  for await (const { fault } of verifyLog(parts, { isChainOnly: false })) {
    if (fault !== '') faults.push(fault);
  }
  assert.deepEqual(faults, []);
  const events: RegistryEvent[] = [];
  for await (const event of opened.log.read(1)) events.push(event);
  await opened.close();
  return events;
}

/** Tells whether what was acknowledged is in the log. */
function holds(line: string, events: readonly RegistryEvent[]): boolean {
  const [verb, number] = line.split(' ');
  const facts = events.map(({ fact }) => fact);
  if (verb === 'register') {
    return facts.some(
      (fact) => fact.kind === 'version-registered' && String(fact.version.version) === number,
    );
  }
  const fact = facts[Number(number) - 1];
  if (verb === 'attach') return fact?.kind === 'evidence-attached';
  return fact?.kind === 'aliases-moved' && fact.isRollback === (verb === 'rollback');
}

async function killMany(store: string): Promise<void> {
  using folder = temporaryFolder();
  const acknowledged: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    acknowledged.push(...(await killAtRandom(folder.path, store)));
    const events = await eventsOf(folder.path, store);
    for (const line of acknowledged)
      assert.ok(holds(line, events), `kill ${kill}: ${line} is gone`);
    const versions = events.flatMap(({ fact }) =>
      fact.kind === 'version-registered' ? [fact.version.version] : [],
    );
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
    );
  }
  assert.ok(acknowledged.length > kills, `${acknowledged.length} acknowledged`);
}

describe('a registry that is killed again and again while it registers, takes evidence, promotes and rolls back', () => {
  it(`has all that it acknowledged, and nothing by halves, in LMDB (${kills} kills)`, () =>
    killMany('lmdb'));
  it(`has all that it acknowledged, and nothing by halves, in Postgres (${kills} kills)`, {
    skip: skipPostgres,
  }, async () => {
    await using server = await PostgresServer.start();
    await killMany(server.url);
  });
});
