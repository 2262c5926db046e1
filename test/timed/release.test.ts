import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type CommandRun, mlmeshBeside } from '../support/mesh-process.ts';
import { trainOnShuffledLabels } from '../support/shuffled-model.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** Exit status of a check that misses something. */
const isMissed = 4;

let mesh: SmallFlights;
before(async () => {
  process.env['MLMESH_SMALL_FLIGHTS_BUDGET'] = '250ms';
  mesh = await startSmallFlights();
});
after(() => mesh[Symbol.asyncDispose]());

function run(...args: readonly string[]): Promise<CommandRun> {
  return mlmeshBeside(...args, '--data', mesh.data, '--json');
}

const models = (verb: string, ...args: readonly string[]) => run('models', verb, model, ...args);

interface Row {
  readonly kind: string;
  readonly state: string;
  readonly isRequired: boolean;
  readonly why: string;
  readonly attached: {
    readonly actor: string;
    readonly evidence: { readonly figures: Readonly<Record<string, number>> };
  } | null;
}

/** Checks some kinds of a version until they pass; other tests may keep the machine too busy for latencies. */
async function checkUntilPassed(version: number, attemptsMax: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { status, stderr } = await models(
      'check',
      String(version),
      ...(attempt > 1 ? ['--past'] : []),
    );
    if (status === 0) return;
    assert.equal(status, isMissed, stderr);
    assert.ok(attempt < attemptsMax, `${(await models('checklist', String(version))).stdout}`);
  }
}

async function rowOf(version: number, kind: string): Promise<Row | undefined> {
  const { stdout } = await models('checklist', String(version));
  const { rows } = JSON.parse(stdout) as { readonly rows: readonly Row[] };
  return rows.find((row) => row.kind === kind);
}

/** Versions that were planted: each has another time of training, or it would be version 2 again. */
let planting = 0;

/** Registers version 2 once more with something changed, and makes it the shadow; resolves with its number when it is loaded. */
async function plant(change: {
  readonly golden?: object;
  readonly featureSetHash?: string;
  readonly artifact?: Uint8Array;
}): Promise<number> {
  const { registry, prediction } = mesh.services;
  const provenance = (await registry.getVersion({ model, version: 2 })).version?.provenance;
  assert.ok(provenance);
  const { signature } = provenance;
  const planted = { ...provenance, trainedAtMs: provenance.trainedAtMs + ++planting };
  if (change.featureSetHash !== undefined && signature !== null) {
    planted.signature = { ...signature, featureSetHash: change.featureSetHash };
  }
  if (change.golden !== undefined) {
    const bytes = Buffer.from(JSON.stringify(change.golden));
    const digest = createHash('sha256').update(bytes).digest('hex');
    await registry.upload(
      (async function* () {
        yield { header: { digest, bytes: bytes.length, fromByte: 0, format: 'json' } };
        yield { chunk: bytes };
      })(),
    );
    planted.goldenRequestsDigest = digest;
  }
  const { artifact } = change;
  if (artifact !== undefined) {
    planted.artifactDigest = createHash('sha256').update(artifact).digest('hex');
    planted.artifactBytes = artifact.length;
  }
  const { version } = await registry.registerVersion(
    (async function* () {
      yield { header: { model, provenance: planted } };
      if (artifact !== undefined) yield { chunk: artifact };
    })(),
  );
  const number = version?.version ?? 0;
  const move = {
    model,
    alias: 'shadow',
    version: number,
    expectedGeneration: -1,
    reason: 'planted',
  };
  await registry.promote(move);
  await eventually('it is loaded', async () => {
    const { servables } = await prediction.modelStatus({ model });
    return servables.some(
      (servable) => servable.version === number && servable.state === 'SERVABLE_STATE_READY',
    );
  });
  return number;
}

describe('the release of a model', () => {
  let candidate = 0;
  it('trains a version into the shadow, and refuses it in production with what is missing', async () => {
    const trained = await run('train', model);
    assert.equal(trained.status, 0, trained.stderr);
    const { moves } = JSON.parse(trained.stdout) as {
      readonly moves: readonly { readonly alias: string; readonly version: number }[];
    };
    candidate = moves.find(({ alias }) => alias === 'shadow')?.version ?? 0;
    assert.ok(candidate > 3);
    const { status, stderr } = await models('promote', String(candidate), '--reason', 'better');
    assert.equal(status, 1);
    assert.match(stderr, /CHECKLIST_INCOMPLETE/);
    for (const kind of ['parity', 'shadow-quality', 'fallback-drill', 'rollback-drill']) {
      assert.match(stderr, new RegExp(`models check ${model}@${candidate} --only ${kind}`));
    }
  });

  it('lets it in without force once every item was really done, and says who did it', async () => {
    await checkUntilPassed(candidate, 4);
    const parity = await rowOf(candidate, 'parity');
    assert.ok((parity?.attached?.evidence.figures['answers'] ?? 0) >= 3_000);
    // Weighed in a process of its own; it has had no callers yet, so that nothing is known of what it brings.
    const resources = await rowOf(candidate, 'resources');
    assert.equal(resources?.state, 'CHECKLIST_STATE_PASSED');
    assert.ok((resources.attached?.evidence.figures['calls'] ?? 0) >= 100);
    const business = await rowOf(candidate, 'business');
    assert.equal(business?.state, 'CHECKLIST_STATE_INCONCLUSIVE');
    assert.equal(parity?.attached?.evidence.figures['mismatches'], 0);
    assert.match(parity?.attached?.actor ?? '', /^local:/);
    // The same network as version 2, so that nothing can differ.
    const quality = await rowOf(candidate, 'shadow-quality');
    assert.equal(quality?.attached?.evidence.figures['difference'], 0);
    const promoted = await models('promote', String(candidate), '--reason', 'better');
    assert.equal(promoted.status, 0, promoted.stderr);
    await eventually('it answers', async () => {
      const { tier, version } = await mesh.client.predict(model, askFlight());
      return tier === 'model' && version === candidate;
    });
  });

  it('says of the pairs in a Parquet file what the monitor says of those in its log, without a mesh', async () => {
    const path = join(mesh.data, 'pairs.parquet');
    const wanted = ['compare', model, '--shadow', String(candidate), '--baseline', '2'];
    const exported = await run(...wanted, '--by', 'origin', '--export', path);
    assert.equal(exported.status, 0, exported.stderr);
    const offline = await mlmeshBeside('compare', '--from', path, '--by', 'origin', '--json');
    assert.equal(offline.status, 0, offline.stderr);
    const [found, again] = [exported, offline].map(({ stdout }) => JSON.parse(stdout));
    assert.ok(found.comparison.pairs > 1_000 && found.detail.segments.length > 3);
    assert.deepEqual(again.comparison, found.comparison);
    assert.deepEqual(again.judged.gates, found.judged.gates);
    assert.deepEqual(again.detail, found.detail);
  });

  it('makes the primary hang for the drill alone: callers are answered by the model meanwhile', async () => {
    const load = new PredictionLoad(mesh.client);
    const { status, stdout, stderr } = await models(
      'check',
      String(candidate),
      '--only',
      'fallback-drill',
    );
    await load.stop();
    assert.ok(status === 0 || status === isMissed, stderr);
    const row = await rowOf(candidate, 'fallback-drill');
    assert.equal(row?.attached?.evidence.figures['fallback_share'], 1, stdout);
    assert.equal(row?.attached?.evidence.figures['rules_share'], 1);
    assert.deepEqual(load.failures, []);
    const byModel = load.answers.filter(({ prediction }) => prediction.tier === 'model');
    assert.ok(
      byModel.length > 0.8 * load.answers.length,
      `${byModel.length} of ${load.answers.length}`,
    );
  });

  it('never lets in a version that learned from shuffled labels, and can decide that again', async () => {
    const { version } = await mesh.services.registry.getVersion({ model, version: 2 });
    const set = {
      model,
      interval: { fromMs: Date.UTC(2001, 1, 1), untilMs: Date.UTC(2001, 3, 30, 18) },
      featureSetHash: version?.provenance?.signature?.featureSetHash ?? '',
    };
    const artifact = await trainOnShuffledLabels(mesh.services, set);
    const planted = await plant({ artifact });
    const check = ['check', String(planted), '--past', '--only', 'shadow-quality'] as const;
    const { status } = await models(...check);
    assert.equal(status, isMissed);
    const row = await rowOf(planted, 'shadow-quality');
    assert.notEqual(row?.state, 'CHECKLIST_STATE_PASSED');
    assert.ok((row?.attached?.evidence.figures['pairs'] ?? 0) > 3_000, row?.why);
    const id = /\((v\S+)\)/.exec(row?.why ?? '')?.[1] ?? '';
    const explained = await run('explain', id);
    assert.equal(explained.status, 0, explained.stderr);
    const refused = await models('promote', String(planted), '--reason', 'it looks good to me');
    assert.match(refused.stderr, /CHECKLIST_INCOMPLETE/);
  });

  it('fails a version whose golden requests do not give what they gave', async () => {
    const requests = [{ features: [1, 2, 3, 4, 5, 6, 7], outputs: [0.987654] }];
    const planted = await plant({ golden: { format: 'mlmesh-golden-1', requests } });
    const { status } = await models('check', String(planted), '--only', 'golden-requests');
    assert.equal(status, isMissed);
    const row = await rowOf(planted, 'golden-requests');
    assert.equal(row?.state, 'CHECKLIST_STATE_FAILED');
    assert.match(row.why, /0 of 1 golden requests/);
  });

  it('fails a shadow that errs on what callers ask, and shows a forced move for ever', async () => {
    const planted = await plant({ featureSetHash: 'd'.repeat(64) });
    const { status } = await models('check', String(planted), '--only', 'shadow-coverage');
    assert.equal(status, isMissed);
    const row = await rowOf(planted, 'shadow-coverage');
    assert.equal(row?.state, 'CHECKLIST_STATE_FAILED');
    assert.match(row.why, /FEATURE_SET_UNKNOWN/);
    const force = ['--force', '--reason', 'the deadline is today'];
    const forced = await models('promote', String(planted), ...force);
    assert.equal(forced.status, 0, forced.stderr);
    const servedAt = new Date().toISOString();
    const shown = await mlmeshBeside('status', '--data', mesh.data);
    assert.match(shown.stdout, new RegExp(`version ${planted} in production, forced`));
    const rolledBack = await models('rollback', '--reason', 'it answers nothing');
    assert.equal(rolledBack.status, 0, rolledBack.stderr);
    const { stdout } = await mlmeshBeside('models', 'history', model, '--data', mesh.data);
    assert.match(
      stdout,
      new RegExp(`forced ${model} production -> ${planted}.*the deadline is today`),
    );
    const { version } = await mesh.client.predict(model, askFlight());
    assert.notEqual(version, planted);
    const then = await mlmeshBeside('models', 'list', '--at', servedAt, '--data', mesh.data);
    assert.match(then.stdout, new RegExp(`${planted} +production \\(forced\\)`));
  });

  it('goes back from the last version to the fallback model, and says so in its answers', async () => {
    const { aliases } = await mesh.services.registry.listVersions({ model });
    const held = aliases.find(({ alias }) => alias === 'production')?.version ?? 0;
    const { status, stderr } = await models('rollback', '--from', String(held), '--reason', 'out');
    assert.equal(status, 0, stderr);
    await eventually('the fallback answers', async () => {
      const { response } = await askRaw();
      return response === 'TIER_FALLBACK ALIAS_UNKNOWN';
    });
  });
});

async function askRaw(): Promise<{ readonly response: string }> {
  const { entities = {}, features = {}, at } = askFlight();
  const requestFeatures = Object.fromEntries(
    Object.entries(features).map(([name, value]) => [
      name,
      value instanceof Date ? { timeMs: value.getTime() } : { number: Number(value) },
    ]),
  );
  const { tier, skipped } = await mesh.services.router.predict({
    model,
    entities,
    requestFeatures,
    atMs: at?.getTime() ?? 0,
  });
  return { response: `${tier} ${skipped[0]?.reason ?? ''}` };
}
