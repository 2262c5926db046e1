import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { durationMs, monotonicMs } from '../../shared/kernel/units.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import { implementPartly } from '../../shared/platform/grpc/implement.ts';
import { createServer } from '../../shared/platform/grpc/server.ts';
import { systemClock } from '../../shared/platform/process/system-clock.ts';
import { Admission, type Place } from '../../shared/policy/admission.ts';
import { TurnWatch } from '../../shared/policy/turn-watch.ts';
import { admissionDefaults } from '../predict/overload.ts';
import { newCounts } from '../predict/router-parts.ts';
import { FrontGate } from './front-gate.ts';

const limit = 4;

function arrange() {
  const admission = new Admission({
    initial: limit,
    min: limit,
    max: limit,
    windowMs: 100,
    callsMin: 1_000,
    shareMax: 0.1,
    queueMs: 8,
    probeMs: 20,
    waitMsMax: 15,
  });
  const counts = newCounts();
  const turns = new TurnWatch(systemClock, setImmediate);
  const gate = new FrontGate({ admission, turns, counts });
  return { admission, counts, gate };
}

/** Takes all that can be let in and all that can wait. */
function fill(admission: Admission): readonly Place[] {
  const places: Place[] = [];
  for (let call = 0; call < 2 * limit; call += 1) {
    const onAdmitted = (place: Place) => void places.push(place);
    admission.enter({ onAdmitted, onRefused: () => assert.fail('there is room') }, 'normal');
  }
  return places;
}

const noHeader = () => undefined;
const isUrgent = (name: string) => (name === 'mlmesh-priority' ? 'high' : undefined);

describe('FrontGate', () => {
  it('refuses by the headers what is on its way in beyond what fits', () => {
    const { admission, counts, gate } = arrange();
    const [place] = fill(admission);
    const refusal = gate.enter(noHeader);
    assert.equal(refusal?.reason, 'OVERLOADED');
    assert.equal(refusal?.retry.kind, 'after');
    assert.equal(gate.enter(noHeader), refusal);
    assert.equal(counts.refused, 2);
    place?.leave(monotonicMs(0), 'calm');
    assert.equal(gate.enter(noHeader), undefined);
  });

  it('lets in fewer under too much load, the longer the turns of the event loop are', () => {
    for (const [lagMs, most] of [
      [5, 2 * admissionDefaults.initial],
      [5.5, 59],
      [10, 32],
      [50, 7],
    ] as const) {
      const admission = new Admission(admissionDefaults);
      admission.refuse();
      const gate = new FrontGate({
        admission,
        turns: { touch: () => undefined, lagMs },
        counts: newCounts(),
      });
      let entered = 0;
      while (gate.enter(noHeader) === undefined) entered += 1;
      assert.equal(entered, most, `${lagMs} ms`);
    }
  });

  it('takes one long turn for a pause of the machine: whoever waited meanwhile is let in', () => {
    const admission = new Admission(admissionDefaults);
    const turns = { touch: () => undefined, lagMs: 100 };
    const gate = new FrontGate({ admission, turns, counts: newCounts() });
    for (let call = 0; call < admissionDefaults.initial; call += 1) {
      assert.equal(gate.enter(noHeader), undefined);
    }
  });

  it('lets calls of high priority in, whose body says so to those that choose', () => {
    const { admission, gate } = arrange();
    fill(admission);
    for (let call = 0; call < 3; call += 1) assert.equal(gate.enter(isUrgent), undefined);
    assert.equal(gate.enter(noHeader)?.reason, 'OVERLOADED');
  });

  it('counts calls that have not come whole: a burst does not get in before the first of it was read', () => {
    const { gate } = arrange();
    let entered = 0;
    while (gate.enter(noHeader) === undefined) entered += 1;
    assert.equal(entered, 2 * limit);
  });

  it('answers over the wire like a service, and lets in again when there is room', async () => {
    const { admission, counts, gate } = arrange();
    const server = createServer({
      name: 'gated',
      address: '127.0.0.1:0',
      clock: systemClock,
      gate,
      services: [
        implementPartly('mlmesh.router.v1.RouterService', {
          predict: ({ requestId }) => ({ predictionId: requestId }),
          getRouting: () => ({ models: [] }),
        }),
      ],
    });
    await server.start();
    const client = connectService('mlmesh.router.v1.RouterService', [server.address], {
      clock: systemClock,
      attemptsMax: 1,
    });
    const ask = (urgent = false) =>
      client.predict(
        { requestId: 'r' },
        { timeoutMs: durationMs(20_000), ...(urgent ? { isUrgent: true } : {}) },
      );
    const places = fill(admission);
    const refused = await ask().catch((error: unknown) => error);
    assert.ok(refused instanceof MeshError);
    assert.deepEqual([refused.code, refused.reason], ['RESOURCE_EXHAUSTED', 'OVERLOADED']);
    assert.equal(refused.retry.kind, 'after');
    assert.equal((await ask(true)).predictionId, 'r');
    assert.deepEqual((await client.getRouting({})).models, []);
    for (const place of places) place.leave(monotonicMs(0), 'calm');
    assert.equal((await ask()).predictionId, 'r');
    assert.equal(counts.refused, 1);
    client.close();
    await server.stop(1_000);
  });
});
