import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { startMs } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
const date = { timeMs: startMs + 3_600_000 };

/** Asks until the model answers: on a machine that is busy with other things it can miss its budget, and the fallback answers. */
async function askModel({ services }: SmallFlights) {
  const request = {
    model,
    entities: { origin: 'ORD', destination: 'LAX' },
    requestFeatures: { date, distance: { number: 1_745 } },
    atMs: date.timeMs,
  };
  for (let tries = 1; ; tries += 1) {
    const answer = await services.router.predict(request);
    if (answer.tier === 'TIER_MODEL' || tries === 20) {
      const { tier, version, outputs, stamp, skipped } = answer;
      return { tier, version, outputs, hash: stamp?.featureSetHash ?? '', skipped };
    }
  }
}

async function versionsOf({ services }: SmallFlights) {
  const { versions, aliases } = await services.registry.listVersions({ model });
  const hashOf = (version: number) =>
    versions.find((each) => each.version === version)?.provenance?.signature?.featureSetHash ?? '';
  const at = (alias: string) => aliases.find((each) => each.alias === alias)?.version ?? 0;
  return { versions: versions.map(({ version }) => version), hashOf, at };
}

describe('a mesh whose feature definition changes', () => {
  let first: SmallFlights;
  let mesh: SmallFlights;
  let before3h: Awaited<ReturnType<typeof askModel>>;

  /** Runs a command against the mesh. */
  async function run(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await mlmeshBeside(...args, '--data', mesh.data, '--json');
    return status === 0 ? stdout : stderr;
  }

  before(async () => {
    first = await startSmallFlights();
    before3h = await askModel(first);
    assert.equal(await first.process.end('SIGTERM'), 0, first.process.text);
    process.env['MLMESH_SMALL_FLIGHTS_MEAN'] = '5h';
    mesh = await startSmallFlights({ data: first.data });
  });

  after(async () => {
    await mesh[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
  });

  it('goes on answering from the model that was trained on the old one, to the bit', async () => {
    const { featureSets } = await mesh.services.feature.listDefinitions({});
    assert.deepEqual(
      featureSets.map(({ isEarlier }) => isEarlier),
      [false, true],
    );
    assert.equal(before3h.tier, 'TIER_MODEL');
    assert.equal(featureSets[1]?.hash, before3h.hash);
    assert.deepEqual(await askModel(mesh), before3h);
  });

  it('makes the version that was trained on the old one again, and says that the mesh file has another', async () => {
    const { isReproduced, notes } = JSON.parse(
      await run('reproduce', `${model}@${before3h.version}`),
    );
    assert.equal(isReproduced, true);
    assert.match(notes.join(), /the mesh file gives 'flight-delay' other features now/);
  });

  it('lets a version that was trained on the new one be the shadow, then production', async () => {
    const known = await versionsOf(mesh);
    const trained = await run('train', model);
    const all = await versionsOf(mesh);
    const fresh = all.versions.filter((version) => !known.versions.includes(version));
    assert.ok(fresh.length > 0, trained);
    assert.ok(fresh.every((version) => all.hashOf(version) !== before3h.hash));
    const candidate = fresh.at(-1) ?? 0;
    const promote = ['models', 'promote', model, String(candidate), '--reason', 'test'];
    await run(...promote, '--alias', 'shadow');
    const pairsOf = async () => (await mesh.services.monitor.getSummary({ model })).shadowPairs;
    const pairs = await pairsOf();
    await eventually(
      'the shadow answers too, and production is still the old version',
      async () => {
        const answer = await askModel(mesh);
        assert.equal(answer.version, before3h.version);
        return (await pairsOf()) > pairs + 3;
      },
      60_000,
    );
    // Forced: what the checklist asks for is the matter of another test.
    await run(...promote, '--force');
    await eventually(
      'the new version answers',
      async () => {
        const answer = await askModel(mesh);
        return answer.version === candidate && answer.hash === all.hashOf(candidate);
      },
      60_000,
    );
  });

  it('finds no bit that differs in the answers of both', async () => {
    for await (const { summary } of mesh.services.feature.auditAnswers({})) {
      if (!summary) continue;
      assert.equal(summary.mismatches, 0);
      assert.equal(summary.unauditable, 0);
      assert.equal(summary.featureSets.length, 2);
    }
  });

  it('does not retire what an alias still needs, unless it is forced', async () => {
    const retire = ['features', 'retire', before3h.hash.slice(0, 12)];
    assert.match(await run(...retire), /trained on: .*fallback/);
    assert.match(await run(...retire, '--force'), new RegExp(before3h.hash));
    const back = ['models', 'promote', model, String(before3h.version), '--reason', 'test'];
    await run(...back, '--force');
    // The router learned how its rows are made before; now nobody gives it the features.
    await eventually('it says why the model was skipped', async () => {
      const { skipped } = await askModel(mesh);
      return skipped.some(({ reason }) => reason === 'FEATURE_SET_UNKNOWN');
    });
  });
});
