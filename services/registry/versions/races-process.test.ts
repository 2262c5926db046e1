import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { PostgresServer, skipPostgres } from '../../../test/support/postgres-server.ts';
import {
  artifact,
  oneChunk,
  provenance,
  storeAttachments,
} from '../../../test/support/provenance.ts';
import { testSigner } from '../../../test/support/registry-signer.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { type OpenLog, openLog } from '../adapters/open-log.ts';
import { RegistryState } from '../core/registry-state.ts';
import { watchEvents } from '../rpc/watch-events.ts';
import { wireVersions } from '../rpc/wire-versions.ts';
import { followLog } from './follow-log.ts';
import { type Moved, Registry } from './registry.ts';

const callsAtOnce = 50;

async function openRegistry(opened: OpenLog, blobs: MemoryBlobs): Promise<Registry> {
  await storeAttachments(blobs);
  return Registry.open({
    log: opened.log,
    blobs,
    signer: testSigner(),
    clock: systemClock,
    limits: { artifactBytesMax: 1_000, uploadsMax: 60 },
    isDirtyTaken: false,
    codec: wireVersions,
  });
}

/** Gives the records of a state as plain values. */
function plain(state: RegistryState): unknown {
  return [...state.stored()].map(({ name, record }) => [
    name,
    JSON.parse(record.toString()),
    state.versions(name),
  ]);
}

/** Lets all registries promote and roll back at once; each call that was meant for a generation wins it alone or is refused. */
async function race(registries: readonly Registry[]): Promise<void> {
  const [first] = registries;
  assert.ok(first !== undefined);
  for (let version = 1; version <= 4; version += 1) {
    const registration = { model: 'm', provenance: provenance({ trainedAtMs: version }) };
    await first.register(registration, oneChunk(artifact), 'a');
  }
  const move = { model: 'm', alias: 'production', reason: 'r', isForced: true } as const;
  await first.promote({ ...move, version: 1, expectedGeneration: 0 }, 'a');
  for (let generation = 1; generation <= 5; generation += 1) {
    const version = 2 + (generation % 3);
    const calls = Array.from({ length: callsAtOnce }, (_, index): Promise<Moved> => {
      const registry: Registry = registries[index % registries.length] ?? first;
      return registry.promote({ ...move, version, expectedGeneration: generation }, 'a');
    });
    const settled = await Promise.allSettled(calls);
    const refused = settled.flatMap((call): unknown[] =>
      call.status === 'rejected' ? [call.reason] : [],
    );
    assert.equal(refused.length, callsAtOnce - 1);
    for (const error of refused) {
      assert.ok(error instanceof MeshError && error.reason === 'ALIAS_MOVED', String(error));
    }
  }
  const bad = first.state.target('m', 'production').version;
  const rollbacks = Array.from({ length: callsAtOnce }, (_, index) => {
    const registry = registries[index % registries.length] ?? first;
    return registry.rollback({ model: 'm', reason: 'r', fromVersion: bad }, 'a');
  });
  const answers = await Promise.all(rollbacks);
  assert.equal(new Set(answers.map(({ sequence }) => sequence)).size, 1);
  await Promise.all(registries.map((registry) => registry.refresh()));
  const replayed = new RegistryState();
  for await (const event of first.history(1)) replayed.apply(event);
  for (const { state } of registries) {
    assert.deepEqual([state.hash, plain(state)], [replayed.hash, plain(replayed)]);
  }
  // 4 registrations, the first promotion, one winner for each of 5 generations, one rollback.
  assert.equal(replayed.sequence, 11);
  assert.equal(replayed.alias('m', 'production')?.generation, 7);
}

describe('promotes and rollbacks at the same time', () => {
  it('have one winner a generation, in LMDB', async () => {
    using folder = temporaryFolder();
    const place = { folder: folder.path, meshName: 'm', clock: systemClock };
    const opened = await openLog({ ...place, store: 'lmdb' });
    await race([await openRegistry(opened, new MemoryBlobs())]);
    await opened.close();
  });
});

describe('two registries on one Postgres', { skip: skipPostgres }, () => {
  it('have one winner a generation, and tell their watchers what the other did', async () => {
    await using server = await PostgresServer.start();
    using folder = temporaryFolder();
    const place = { store: server.url, folder: folder.path, meshName: 'm', clock: systemClock };
    const logs = [await openLog(place), await openLog(place)];
    const blobs = new MemoryBlobs();
    const registries = await Promise.all(logs.map((opened) => openRegistry(opened, blobs)));
    const [first, second] = registries;
    assert.ok(first !== undefined && second !== undefined);
    const following = followLog({
      registry: second,
      clock: systemClock,
      pause: durationMs(20),
      onProblem: assert.fail,
    });
    await following.start(new AbortController().signal);
    const leaving = new AbortController();
    const events = watchEvents(second, 1, leaving.signal);
    const told = events.next();
    await first.register({ model: 'm', provenance: provenance() }, oneChunk(artifact), 'a');
    assert.equal((await told).value?.sequence, 1);
    leaving.abort();
    await following.stop(0);
    await server.query('DELETE FROM mlmesh_registry_events');
    const anew = await Promise.all(logs.map((opened) => openRegistry(opened, blobs)));
    await race(anew);
    for (const opened of logs) await opened.close();
  });
});
