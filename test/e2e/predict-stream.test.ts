import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MeshError } from '../../services/shared/kernel/mesh-error.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

let mesh: SmallFlights;
before(async () => {
  mesh = await startSmallFlights();
});
after(() => mesh[Symbol.asyncDispose]());

const model = 'flight-delay';

/** Gives flights without an end, a few each millisecond. */
async function* endlessFlights() {
  for (;;) {
    for (let count = 0; count < 5; count += 1) yield askFlight();
    await delay(1);
  }
}

/** Takes answers until `enough` says so or the stream ends; gives how many came, and what the stream failed with. */
async function take(isEnough: (taken: number) => boolean, signal?: AbortSignal) {
  let taken = 0;
  try {
    for await (const _ of mesh.client.predictStream(
      model,
      endlessFlights(),
      signal && { signal },
    )) {
      taken += 1;
      if (isEnough(taken)) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return { taken, reason: thrown instanceof MeshError ? thrown.reason : thrown.name };
  }
  return { taken, reason: undefined };
}

const routerPid = () => mesh.process.pidOf('router');

describe('a stream of predictions', { concurrency: false }, () => {
  it('is cancelled in the middle many times, and the router lives', async () => {
    const pid = routerPid();
    for (let round = 0; round < 20; round += 1) {
      const caller = new AbortController();
      const cancelled = take((taken) => {
        if (taken > round) caller.abort();
        return false;
      }, caller.signal);
      const left = take((taken) => taken > round);
      assert.equal((await cancelled).reason, 'AbortError');
      assert.equal((await left).taken, round + 1);
    }
    await mesh.client.predict(model, askFlight());
    assert.equal(routerPid(), pid);
    assert.doesNotMatch(mesh.process.text, /crashed/);
  });

  it('ends with a word of it when its router is restarted, and the router leaves cleanly', async () => {
    const pid = routerPid();
    let seen = 0;
    const stream = take((taken) => {
      seen = taken;
      return false;
    });
    await eventually('it answers', () => seen > 0);
    const restart = mlmeshBeside('restart', 'router', '--data', mesh.data, '--json');
    const { reason } = await stream;
    const { status, stderr } = await restart;
    assert.equal(status, 0, stderr);
    assert.equal(reason, 'DRAINING');
    assert.notEqual(routerPid(), pid);
    assert.doesNotMatch(mesh.process.text, /crashed/);
    await eventually('the next one answers', async () => (await take(() => true)).taken === 1);
  });
});
