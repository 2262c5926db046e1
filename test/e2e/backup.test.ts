import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { manifestName, readManifest } from '../../services/cli/backup/backup-manifest.ts';
import { mlmesh, mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const folder = mkdtempSync(join(tmpdir(), 'mlmesh-backup-'));
const backup = join(folder, 'backup');
const restored = join(folder, 'restored');
const model = 'flight-delay';

type Event = Readonly<Record<string, unknown>>;

async function historyOf({ data }: SmallFlights): Promise<readonly Event[]> {
  const { status, stdout, stderr } = await mlmeshBeside(
    ...['models', 'history', '--json', '--data', data],
  );
  assert.equal(status, 0, stderr);
  const { events } = JSON.parse(stdout) as { readonly events: readonly Event[] };
  return events;
}

const steer = (data: string, verb: '--on' | '--off', reason: string) =>
  mlmeshBeside('traffic', 'shadows', model, verb, '--reason', reason, '--data', data);

describe('a backup of a mesh that serves', () => {
  let served: readonly Event[] = [];
  let predictionId = '';

  before(async () => {
    await using mesh = await startSmallFlights();
    ({ predictionId } = await mesh.client.predict(model, askFlight()));
    await mesh.client.recordOutcomes([{ predictionId, label: 1 }]);
    const load = new PredictionLoad(mesh.client);
    let isOver = false;
    // The registry's log grows while it is copied.
    const moves = (async () => {
      for (let move = 0; !isOver || move < 2; move += 1) {
        await steer(mesh.data, move % 2 === 0 ? '--off' : '--on', `move ${move}`);
      }
    })();
    const made = await mlmeshBeside('backup', backup, '--data', mesh.data, '--json');
    isOver = true;
    await moves;
    await load.stop();
    assert.equal(made.status, 0, made.stderr);
    assert.deepEqual(load.failures, []);
    served = await historyOf(mesh);
  });

  after(() => rmSync(folder, { recursive: true }));

  it('says for each file what it is, and has no lock, log or cache', () => {
    const { mesh, files } = readManifest(backup);
    const paths = files.map(({ path }) => path);
    assert.equal(mesh, 'small-flights');
    for (const store of ['feature/store', 'feature/answers', 'monitor', 'registry/log']) {
      assert.ok(paths.includes(`${store}/data.mdb`), store);
    }
    assert.ok(paths.some((path) => path.startsWith('registry/artifacts/')));
    assert.ok(paths.every((path) => !/lock$|^logs|mesh\.json/.test(path)));
    assert.equal(files.find(({ path }) => path.endsWith('registry.key.pem'))?.mode, 0o600);
  });

  it('is refused whole when a byte of it is another, and restored into an empty folder alone', () => {
    const damaged = join(folder, 'damaged');
    cpSync(backup, damaged, { recursive: true });
    appendFileSync(join(damaged, 'registry', 'log', 'data.mdb'), 'x');
    const refused = mlmesh('restore', damaged, '--data', restored, '--json');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /STATE_CORRUPT/);
    appendFileSync(join(damaged, manifestName), ' ');
    assert.ok(!readdirSync(folder).some((name) => name.startsWith('restored')));
    const full = mlmesh('restore', backup, '--data', damaged, '--json');
    assert.match(full.stderr, /DATA_DIRECTORY_IN_USE/);
    const again = mlmesh('backup', backup, '--data', folder, '--json');
    assert.match(again.stderr, /is not there/);
  });

  it('has the log of the registry event for event, predictions, and features that are right', async () => {
    const { status, stderr } = mlmesh('restore', backup, '--data', restored);
    assert.equal(status, 0, stderr);
    await using mesh = await startSmallFlights({ data: restored });
    const events = await historyOf(mesh);
    assert.ok(events.length >= 3, `${events.length} events`);
    // The newest come first in a history; what was recorded after the backup is not in it.
    const bySequence = (list: readonly Event[]) =>
      [...list].sort((a, b) => Number(a['sequence']) - Number(b['sequence']));
    assert.deepEqual(bySequence(events), bySequence(served).slice(0, events.length));
    const verified = await mlmeshBeside('models', 'verify', '--data', restored);
    assert.equal(verified.status, 0, verified.stderr);
    const known = await mesh.services.monitor.getPrediction({ predictionId });
    assert.equal(known.outcome?.label ?? Number.NaN, 1);
    const { tier } = await mesh.client.predict(model, askFlight());
    assert.notEqual(tier, 'rules');
    const parity = await mlmeshBeside('features', 'parity', '--data', restored, '--json');
    assert.equal(parity.status, 0, parity.stdout + parity.stderr);
  });
});
