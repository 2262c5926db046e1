import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { PredictionLoad } from '../support/small-flights/prediction-load.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const others = ['registry', 'feature', 'prediction', 'monitor'] as const;
const aloneMs = 3_000 * Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);

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
    await eventually(
      'the model answers alone again',
      () => {
        const last = load.since(killedMs + aloneMs).slice(-20);
        return last.length === 20 && last.every(({ prediction }) => prediction.tier === 'model');
      },
      60_000,
    );
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
