import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import { identityOf, isAlive } from '../../services/shared/platform/process/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { IngestLoad, ingestAgain } from '../support/small-flights/ingest-load.ts';
import { OutcomeLoad } from '../support/small-flights/outcome-load.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

/** More than one with `npm run test:long`. */
const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
/** What a caller's retries bridge by default. On a machine that is not busy with other things a service is back within 2 s. */
const backMsMax = 5_000;
const modelAgainMsMax = 20_000;
/** The supervisor waits 100 ms before it starts a service again, and longer after each crash, unless the service was healthy for 30 s. */
const betweenKillsMs = 40_000;
const killedAtMs = new Map<string, number>();
const neverAborts = new AbortController().signal;

let mesh: SmallFlights;
let predictions: PredictionLoad;
let outcomes: OutcomeLoad;
let ingest: IngestLoad;
let offsetBefore = 0;
let offsetAfter = 0;

before(async () => {
  mesh = await startSmallFlights();
  offsetBefore = await logOffset();
  predictions = new PredictionLoad(mesh.client);
  outcomes = new OutcomeLoad(mesh.client, predictions);
  ingest = await IngestLoad.start(mesh.services);
});
after(async () => {
  await mesh[Symbol.asyncDispose]();
});

const logOffset = async () => (await mesh.services.feature.listDefinitions({})).logOffset;
const isServing = (address: string) => checkHealth(address, neverAborts).catch(() => false);

/** Resolves when the load has been answered by the model alone for a while. */
async function untilModelAnswers(sinceMs: number): Promise<void> {
  await eventually(
    'the model answers alone again',
    () => {
      const last = predictions.since(sinceMs).slice(-20);
      return last.length === 20 && last.every(({ prediction }) => prediction.tier === 'model');
    },
    modelAgainMsMax,
  );
}

/** Gives the answers since a time by who gave them, such as `model 812, fallback 17`. */
function tiersSince(sinceMs: number): string {
  const counts = new Map<string, number>();
  for (const { prediction } of predictions.since(sinceMs)) {
    counts.set(prediction.tier, (counts.get(prediction.tier) ?? 0) + 1);
  }
  return [...counts].map(([tier, count]) => `${tier} ${count}`).join(', ');
}

describe('kill -9 under load', { concurrency: false }, () => {
  for (let round = 1; round <= rounds; round += 1) {
    for (const service of ['registry', 'feature', 'prediction', 'monitor', 'router'] as const) {
      it(`of the ${service}: answers keep coming, and it comes back (round ${round})`, async (t) => {
        await delay(Math.max(0, (killedAtMs.get(service) ?? 0) + betweenKillsMs - Date.now()));
        await untilModelAnswers(Date.now());
        const pid = mesh.process.pidOf(service);
        assert.ok(pid !== undefined);
        const failuresBefore = predictions.failures.length;
        const killedMs = Date.now();
        killedAtMs.set(service, killedMs);
        process.kill(pid, 'SIGKILL');
        await eventually(
          `the ${service} serves again`,
          async () => {
            const now = mesh.process.pidOf(service);
            return now !== undefined && now !== pid && (await isServing(mesh.addresses[service]));
          },
          backMsMax,
        );
        const backMs = Date.now() - killedMs;
        await untilModelAnswers(Date.now());
        const modelMs = Date.now() - killedMs;
        const slowest = Math.max(...predictions.since(killedMs).map(({ tookMs }) => tookMs));
        t.diagnostic(
          `serving after ${backMs} ms, the model alone after ${modelMs} ms; ${tiersSince(killedMs)}; slowest answer ${slowest} ms`,
        );
        assert.deepEqual(predictions.failures.slice(failuresBefore), []);
      });
    }
  }
});

describe('after all that', () => {
  before(async () => {
    await predictions.stop();
    await outcomes.stop();
    await ingest.stop();
  });

  it('no prediction has failed', (t) => {
    t.diagnostic(`${predictions.answers.length} predictions: ${tiersSince(0)}`);
    assert.ok(predictions.answers.length > 200);
    assert.deepEqual(predictions.failures, []);
  });

  it('each acknowledged event is in the log, once', async (t) => {
    const { rows, appended, duplicates } = ingest;
    t.diagnostic(`${rows} events acknowledged: ${appended} as new, ${duplicates} as known`);
    assert.ok(rows > 50);
    assert.equal(appended + duplicates, rows);
    offsetAfter = await logOffset();
    assert.equal(offsetAfter, offsetBefore + rows);
    await assertAllKnown();
  });

  it('each acknowledged outcome is kept', async (t) => {
    t.diagnostic(`${outcomes.acknowledged.size} outcomes acknowledged`);
    assert.ok(outcomes.acknowledged.size > 50);
    await assertOutcomesKept();
  });

  it('Ctrl-C drains and leaves nothing, and the next start has all of it', async () => {
    const pids = livingPids();
    assert.equal(pids.length, 5);
    await restart('SIGINT', 0);
    assert.deepEqual(pids.filter(isLiving), []);
    assert.equal(await logOffset(), offsetAfter);
    await assertAllKnown();
    await assertOutcomesKept();
  });

  it('kill -9 of the supervisor leaves no process and no lock that lasts', async () => {
    const pids = livingPids();
    await restart('SIGKILL', null);
    assert.deepEqual(pids.filter(isLiving), []);
    assert.equal(await logOffset(), offsetAfter);
  });
});

const livingPids = () => (mesh.process.record()?.processes ?? []).map(({ pid }) => pid);
const isLiving = (pid: number) => isAlive(identityOf(pid));

/** Ends the mesh by a signal and starts it again over the same data. */
async function restart(signal: NodeJS.Signals, exitStatus: number | null): Promise<void> {
  const { data } = mesh;
  assert.equal(await mesh.process.end(signal), exitStatus, mesh.process.text);
  if (signal !== 'SIGKILL') assert.ok(!existsSync(mesh.process.lockPath()));
  const last = mesh;
  mesh = await startSmallFlights({ data });
  last.client.close();
  last.services[Symbol.dispose]();
}

/** Asserts that all acknowledged events are known: sent again, none is new. */
async function assertAllKnown(): Promise<void> {
  for (const batch of ingest.acknowledged) {
    const { appended, duplicates } = await ingestAgain(mesh.services, batch);
    assert.deepEqual([appended, duplicates], [0, batch.rows]);
  }
}

async function assertOutcomesKept(): Promise<void> {
  const lost: string[] = [];
  for (const [predictionId, label] of outcomes.acknowledged) {
    const kept = await mesh.services.monitor.getPrediction({ predictionId });
    if (kept.outcome?.label !== label) lost.push(predictionId);
  }
  assert.deepEqual(lost, []);
}
