import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WatchedRegistryFeed } from '../../services/prediction/adapters/registry-feed.ts';
import { openViewFile } from '../../services/prediction/adapters/view-file.ts';
import type { RegistryView } from '../../services/prediction/core/wanted-set.ts';
import { RegistryFeed } from '../../services/router/adapters/registry-feed.ts';
import { listVersionPages } from '../../services/shared/platform/grpc/version-pages.ts';
import { systemClock as clock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { fillRegistry } from '../support/many-versions.ts';
import { type RegistryClient, RunningRegistry } from '../support/running-registry.ts';

const answerBytesMax = 4 * 1024 * 1024;
const models = 2_000;
const versionsOfLate = 2_000;
const featureSetHash = (version: number) => version.toString(16).padStart(64, '0');
/** `late` with many versions, and many models with one: both are more than one answer can hold. */
const counts = Object.fromEntries([
  ['late', versionsOfLate],
  ...Array.from({ length: models }, (_, index) => [`model-${index}`, 1]),
]);

const move = (client: RegistryClient, alias: string, version: number) =>
  client.promote({ model: 'late', alias, version, expectedGeneration: -1, reason: 'r' });

async function quarantine(client: RegistryClient, version: number): Promise<void> {
  await client.quarantine({ model: 'late', version, reason: 'r', isCleared: false });
}

/** Ends what follows, however a test ends: a feed asks a registry that is gone for ever. */
function abortAtEnd(): Disposable & { readonly signal: AbortSignal } {
  const leaving = new AbortController();
  return { signal: leaving.signal, [Symbol.dispose]: () => leaving.abort() };
}

describe('a registry with more versions than one answer can hold', () => {
  it('is listed, started from and followed, by whoever reads it', async () => {
    using folder = temporaryFolder();
    const bytes = await fillRegistry(folder.path, { counts, featureSetHash });
    assert.ok(bytes > 2 * answerBytesMax, `${bytes} bytes`);
    await using registry = await RunningRegistry.start(folder.path);
    const { client } = registry;

    const all = await listVersionPages(client, {}, {});
    assert.equal(all.versions.length, models + versionsOfLate);
    assert.equal(all.aliases.length, models + 1);

    let events = 0;
    for (let fromSequence = 1; ; ) {
      const page = await client.history({ fromSequence });
      const last = page.events.at(-1);
      if (last === undefined) break;
      assert.ok(page.events.length < 1_000, 'a page ends at 1 MiB');
      events += page.events.length;
      fromSequence = last.sequence + 1;
    }
    assert.equal(events, 2 * models + versionsOfLate + 1);

    using leaving = abortAtEnd();
    const { signal } = leaving;
    let view: RegistryView = { versions: [], aliases: [] };
    const logged: string[] = [];
    const note = (event: string, fields?: object) =>
      logged.push(`${event} ${JSON.stringify(fields)}`);
    const log = { debug: note, info: note, warn: note, error: note };
    const file = openViewFile(join(folder.path, 'view.json'));
    const prediction = new WatchedRegistryFeed({ registry: client, clock, file, log });
    const predicting = prediction.follow((seen) => {
      view = seen;
    }, signal);

    const told: string[] = [];
    const router = new RegistryFeed({
      registry: client,
      clock,
      trustedKeyPath: '',
      models: ['late'],
    });
    const routing = router.follow(
      {
        onVersion: (model, version, hash) => {
          assert.equal(hash, featureSetHash(version));
          told.push(`${model} ${version}`);
        },
        onAlias: ({ model, alias, version }) => told.push(`${model} ${alias} ${version}`),
        onTraffic: ({ model, canaryRamp, isShadowPaused }) =>
          told.push(`${model} traffic ${canaryRamp?.share ?? 0} ${isShadowPaused}`),
      },
      signal,
    );
    await eventually('both have started', () => view.versions.length > 0 && told.length > 1);
    assert.equal(view.versions.length, models + 1);
    assert.equal(view.aliases.length, models + 1);
    assert.deepEqual(told, ['late 2000', 'late production 2000']);

    const heldBy = (alias: string) =>
      view.aliases.find((held) => held.model === 'late' && held.alias === alias)?.version;
    const bothFollow = async (alias: string, version: number, toldCount: number) => {
      try {
        await eventually(
          'both follow',
          () => heldBy(alias) === version && told.length === toldCount,
        );
      } catch (cause) {
        const wanted = `${alias} at ${version} and ${toldCount} told`;
        const got = `prediction has ${heldBy(alias)}, the router was told ${told.join(', ')}`;
        throw new Error(`wanted ${wanted}; ${got}; logged: ${logged.join(', ')}`, { cause });
      }
    };
    await move(client, 'shadow', 7);
    await bothFollow('shadow', 7, 4);
    assert.equal(view.versions.length, models + 2);
    assert.deepEqual(told.slice(2), ['late 7', 'late shadow 7']);
    await quarantine(client, 7);
    await bothFollow('shadow', 0, 5);
    assert.equal(view.versions.length, models + 1);
    assert.deepEqual(told.slice(4), ['late shadow 0']);
    await move(client, 'shadow-small-net', 8);
    await bothFollow('shadow-small-net', 8, 7);
    const isForced = true;
    const canary = { model: 'late', alias: 'canary', version: 9, expectedGeneration: -1 };
    await client.promote({ ...canary, reason: 'r', isForced });
    const steer = { model: 'late', expectedGeneration: -1, reason: 'r' };
    await client.setTraffic({ ...steer, isShadowPaused: true });
    await bothFollow('canary', 9, 11);
    assert.deepEqual(told.slice(7), [
      'late 9',
      'late canary 9',
      'late traffic 0.01 false',
      'late traffic 0.01 true',
    ]);
    leaving[Symbol.dispose]();
    await Promise.all([predicting, routing]);
  });
});
