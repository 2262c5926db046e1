import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** Longest time from the registry's commit to the last answer of the version that was taken back. */
const effectMsMax = 1_000;

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

async function run(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await mlmeshBeside(...args, '--data', mesh.data, '--json');
  assert.equal(status, 0, stderr);
  return stdout;
}

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
