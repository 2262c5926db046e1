import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { PostgresServer, skipPostgres } from '../support/postgres-server.ts';
import { artifact, attachments, provenance } from '../support/provenance.ts';
import {
  type RegistryClient,
  RunningRegistry,
  registrationOf,
  uploadWhole,
} from '../support/running-registry.ts';

/** Where the log of a registry lives; `url` is the option that says so. */
interface Place extends AsyncDisposable {
  readonly url: string;
}

const inLmdb = (): Promise<Place> =>
  Promise.resolve({ url: 'lmdb', [Symbol.asyncDispose]: () => Promise.resolve() });

const adapters = {
  'in LMDB': { skip: false, start: inLmdb },
  'in Postgres': { skip: skipPostgres, start: (): Promise<Place> => PostgresServer.start() },
} as const;

const ramps = JSON.stringify({ m: { steps: [0.01, 0.5, 1], holdForMs: 0 } });
const change = { model: 'm', expectedGeneration: -1, reason: 'r' };

async function register(client: RegistryClient, trainedAtMs: number): Promise<void> {
  for (const bytes of attachments) {
    await uploadWhole(client, bytes, createHash('sha256').update(bytes).digest('hex'));
  }
  await client.registerVersion(registrationOf('m', provenance({ trainedAtMs }), [artifact]));
}

async function shareOf(client: RegistryClient): Promise<number | undefined> {
  const { traffic } = await client.getTraffic({ model: 'm' });
  return traffic?.canaryRamp?.share;
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return '';
  } catch (error) {
    if (error instanceof MeshError) return error.reason;
    throw error;
  }
}

for (const [name, { skip, start }] of Object.entries(adapters)) {
  describe(`the traffic of a model, its log ${name}`, { skip }, () => {
    it('is steered by one of several at a time, told to watchers in order, known as of any time and after a restart', async () => {
      await using place = await start();
      using folder = temporaryFolder();
      const options = { registryStore: place.url, ramps };
      let beforeRestart: unknown;
      {
        await using registry = await RunningRegistry.start(folder.path, options);
        const { client } = registry;
        await register(client, 1);
        await register(client, 2);
        const told: string[] = [];
        const leaving = new AbortController();
        const watching = (async () => {
          for await (const { event } of client.watch({}, { signal: leaving.signal })) {
            const set = event?.trafficSet;
            const ramp = set?.traffic?.canaryRamp;
            if (set) told.push(`${ramp?.version} ${ramp?.share} ${set.traffic?.isShadowPaused}`);
          }
        })();
        const canary = { ...change, alias: 'canary', version: 2, isForced: true };
        const moved = await client.promote(canary);
        assert.equal(await shareOf(client), 0.01);

        // Ten want the same step: the one that comes first gets it.
        const steps = Array.from({ length: 10 }, () =>
          reasonOf(client.setTraffic({ ...change, expectedGeneration: 1, isNextStep: true })),
        );
        const reasons = (await Promise.all(steps)).sort();
        assert.deepEqual(reasons, ['', ...Array.from({ length: 9 }, () => 'TRAFFIC_MOVED')]);
        assert.equal(await shareOf(client), 0.5);

        await client.setTraffic({ ...change, isShadowPaused: true });
        await eventually('the watcher knows', () => told.length === 3);
        assert.deepEqual(told, ['2 0.01 false', '2 0.5 false', '2 0.5 true']);
        leaving.abort();
        await watching.catch(() => undefined);

        const { events } = await client.history({ model: 'm' });
        const sets = events.filter(({ kind }) => kind === 'trafficSet');
        // The alias and the first step of its ramp are neighbours in the log.
        assert.equal(sets[0]?.sequence, moved.sequence + 1);
        assert.ok(sets.every(({ actor }) => actor !== ''));
        const atMs = sets[1]?.atMs ?? 0;
        const then = await client.listVersions({ model: 'm', atMs });
        assert.equal(then.traffic[0]?.canaryRamp?.version, 2);
        beforeRestart = (await client.getTraffic({ model: 'm' })).traffic;
      }
      await using again = await RunningRegistry.start(folder.path, options);
      const { traffic } = await again.client.getTraffic({ model: 'm' });
      assert.deepEqual(traffic, beforeRestart);
      const held = await again.client.listVersions({ model: 'm' });
      assert.deepEqual(held.traffic, [traffic]);
      await again.client.promote({ ...change, alias: 'production', version: 2, isForced: true });
      const ended = await again.client.getTraffic({ model: 'm' });
      assert.deepEqual([ended.traffic?.canaryRamp, ended.traffic?.isShadowPaused], [null, true]);
    });
  });
}

describe('two registries on one Postgres', { skip: skipPostgres }, () => {
  it('let one of two callers go a step, and both know it', async () => {
    await using server = await PostgresServer.start();
    using folder = temporaryFolder();
    const options = { registryStore: server.url, ramps };
    await using one = await RunningRegistry.start(folder.path, options);
    await using other = await RunningRegistry.start(folder.path, options);
    await register(one.client, 1);
    await one.client.promote({ ...change, alias: 'canary', version: 1, isForced: true });
    const step = { ...change, expectedGeneration: 1, isNextStep: true };
    const reasons = await Promise.all(
      [one, other].map(({ client }) => reasonOf(client.setTraffic(step))),
    );
    assert.deepEqual(reasons.sort(), ['', 'TRAFFIC_MOVED']);
    for (const { client } of [one, other]) {
      await eventually('it knows', async () => (await shareOf(client)) === 0.5, 2_000);
    }
  });
});
