import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

// One mesh under one load bears all of this, one after another: each ends when the model answers alone again.

const model = 'flight-delay';
/** Longest time from the registry's commit to the last answer of the version that was taken back. */
const effectMsMax = 1_000;

const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
const hangingOnes =
  rounds > 1
    ? (['prediction', 'feature', 'registry', 'monitor'] as const)
    : (['prediction'] as const);
/** Five probes, 2 s apart, that get no answer for 2 s each; then the process is killed and started again. */
const replacedMsMax = 40_000;
/** Half of the answers come within the model's budget of 50 ms and what the fallback takes. */
const medianMsMax = 100;

const others = ['registry', 'feature', 'prediction', 'monitor'] as const;
const aloneMs = 3_000 * rounds;

let mesh: SmallFlights;
let load: PredictionLoad;
before(async () => {
  mesh = await startSmallFlights();
  load = new PredictionLoad(mesh.client);
});
after(async () => {
  await load.stop();
  await mesh[Symbol.asyncDispose]();
});

/** Versions that tier `model` answered with, of the answers that were asked for in an interval of epoch ms. */
function modelVersions(fromMs: number, untilMs: number): readonly number[] {
  return load
    .since(fromMs)
    .filter(({ askedMs, prediction }) => askedMs < untilMs && prediction.tier === 'model')
    .map(({ prediction }) => prediction.version);
}

/** Waits until the last twenty answers to what was asked since then are of the model. */
function untilModelAlone(sinceMs: number, forMs: number): Promise<void> {
  const isAlone = () => {
    const last = load.since(sinceMs).slice(-20);
    return last.length === 20 && last.every(({ prediction }) => prediction.tier === 'model');
  };
  return eventually('the model answers alone again', isAlone, forMs);
}

async function run(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await mlmeshBeside(...args, '--data', mesh.data, '--json');
  assert.equal(status, 0, stderr);
  return stdout;
}

const isServing = (address: string) =>
  checkHealth(address, new AbortController().signal).catch(() => false);
const median = (values: readonly number[]) =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

describe('mlmesh models rollback, under load', () => {
  it('brings the previous version back within a second, and fails no prediction', async (t) => {
    // Forced: nobody has checked version 3, and it is to leave again.
    await run('models', 'promote', model, '3', '--force', '--reason', 'to be taken back');
    await eventually('version 3 answers', () => {
      const last = load.answers.slice(-20);
      return last.length === 20 && last.every(({ prediction }) => prediction.version === 3);
    });
    const calledMs = Date.now();
    await run('models', 'rollback', model, '--reason', 'late answers');
    const returnedMs = Date.now();
    await delay(1_500);
    const endMs = Date.now();

    const after = modelVersions(returnedMs, endMs);
    assert.ok(after.length > 20, `${after.length} answers of the model`);
    assert.deepEqual([...new Set(after)], [2]);

    const { events } = JSON.parse(await run('models', 'history', model)) as {
      readonly events: readonly {
        readonly atMs: number;
        readonly aliasesMoved?: { readonly reason: string; readonly isRollback: boolean } | null;
      }[];
    };
    const last = events.at(-1);
    assert.equal(last?.aliasesMoved?.isRollback, true);
    assert.equal(last.aliasesMoved.reason, 'late answers');
    const lastOld = load.answers.filter(({ prediction }) => prediction.version === 3).at(-1);
    const effectMs = (lastOld?.askedMs ?? 0) - last.atMs;
    t.diagnostic(
      `the command took ${returnedMs - calledMs} ms; the last question that version 3 answered was asked ${effectMs} ms after the registry's commit`,
    );
    assert.ok(effectMs < effectMsMax);
    assert.deepEqual(load.failures, []);
  });

  it('changes nothing when it is called again: that would bring the bad version back', async () => {
    const before = await run('models', 'history', model);
    await run('models', 'rollback', model, '--reason', 'once more');
    assert.equal(await run('models', 'history', model), before);
    const { version, tier } = await mesh.client.predict(model, askFlight());
    if (tier === 'model') assert.equal(version, 2);
  });
});

describe('a service that hangs, under load', { concurrency: false }, () => {
  for (const service of hangingOnes) {
    it(`is routed around and replaced: the ${service}`, async (t) => {
      const pid = mesh.process.pidOf(service);
      assert.ok(pid !== undefined);
      const stoppedMs = Date.now();
      process.kill(pid, 'SIGSTOP');
      await delay(3_000);
      const hanging = load.since(stoppedMs);
      const medianMs = median(hanging.map(({ tookMs }) => tookMs));
      const slowestMs = Math.max(...hanging.map(({ tookMs }) => tookMs));
      await eventually(
        `the ${service} has a new process`,
        async () => {
          const now = mesh.process.pidOf(service);
          return now !== undefined && now !== pid && (await isServing(mesh.addresses[service]));
        },
        replacedMsMax,
      );
      const replacedMs = Date.now() - stoppedMs;
      await untilModelAlone(stoppedMs + replacedMs, 30_000);
      t.diagnostic(
        `${hanging.length} answers while it hung, median ${medianMs} ms, slowest ${slowestMs} ms; replaced after ${replacedMs} ms`,
      );
      assert.ok(hanging.length > 50);
      assert.ok(medianMs < medianMsMax, `median ${medianMs} ms`);
      assert.deepEqual(load.failures, []);
    });
  }
});

describe('a router whose mesh was killed around it', () => {
  it('answers everybody by its own fallback model, and by the model when the mesh is back', async (t) => {
    const owner = mesh.process.record()?.owner?.pid;
    assert.ok(owner !== undefined);
    // Stopped, so that nobody brings the others back meanwhile.
    process.kill(owner, 'SIGSTOP');
    const killedMs = Date.now();
    for (const service of others) {
      const pid = mesh.process.pidOf(service);
      assert.ok(pid !== undefined, `no ${service} runs`);
      process.kill(pid, 'SIGKILL');
    }
    // What was under way is over by then.
    await delay(200);
    const aloneSinceMs = Date.now();
    await delay(aloneMs);
    const alone = load.since(aloneSinceMs);
    process.kill(owner, 'SIGCONT');
    await untilModelAlone(killedMs + aloneMs, 60_000);
    const tiers = new Map<string, number>();
    for (const { prediction } of alone) {
      tiers.set(prediction.tier, (tiers.get(prediction.tier) ?? 0) + 1);
    }
    t.diagnostic(`${alone.length} answers alone: ${JSON.stringify([...tiers])}`);
    assert.deepEqual(load.failures, []);
    assert.ok(alone.length > 20, `${alone.length} answers`);
    // The control cohort is answered by the rules whatever happens.
    assert.equal(tiers.get('model'), undefined);
    assert.ok((tiers.get('fallback') ?? 0) > alone.length / 2);
  });
});
