import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../support/fake-mesh.ts';
import { FakeRegistry } from '../support/fake-registry.ts';
import { IdleLoop } from '../support/idle-loop.ts';
import { MetricCollector } from '../support/metric-collector.ts';
import { batchOf, InferStream, PredictionProcess } from '../support/prediction-process.ts';
import { testModel } from '../support/test-model.ts';

const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
/** Requests come at this rate, whatever becomes of those before them. */
const requestsPerSecond = 200;
const loadMs = isLong ? 60_000 : 8_000;
const ends = isLong ? 20 : 1;
const budgetMs = 50;
/** Rows that take this model about half a second on one thread. */
const slow = testModel({ widths: [4, ...Array.from({ length: 20 }, () => 1_024)] });
const rows = 1_024;
/** The bar is 10 ms more than a thread waits that does nothing: what else the process does, such as health and deadlines, is not held up by inference. A call on the main thread would hold it up for 500 ms. */
const eventLoopDelayMsMax = isLong ? 10 : 200;

type Outcome = Awaited<ReturnType<InferStream['send']>>[number];

let registry: FakeRegistry;
let address: string;

before(async () => {
  registry = new FakeRegistry();
  registry.add(1, slow);
  registry.point('production', 1);
  address = await registry.start();
});
after(() => registry.stop());

/** Sends requests at the rate until `untilMs` have passed; gives all answers that came. */
async function load(service: PredictionProcess, untilMs: number): Promise<readonly Outcome[]> {
  const stream = new InferStream(service.client);
  const outcomes: Outcome[] = [];
  const begunAt = performance.now();
  for (let sent = 0; performance.now() - begunAt < untilMs; ) {
    const due = Math.floor(((performance.now() - begunAt) / 1_000) * requestsPerSecond);
    for (; sent < due; sent += 1) {
      void stream
        .send([batchOf(1, { rows, budgetMs })])
        .then((replies) => outcomes.push(...replies));
    }
    await delay(1);
  }
  return outcomes;
}

describe('a model that takes ten times its budget', { concurrency: false }, () => {
  it('is refused at once, tried now and then, and holds up nothing else', async (t) => {
    using folder = temporaryFolder();
    await using collector = await MetricCollector.start();
    await using service = await PredictionProcess.start({
      folder: folder.path,
      registry: address,
      telemetryEndpoint: collector.endpoint,
    });
    await service.reaches(1, 'READY');
    const idle = new IdleLoop();
    // Before its first call is back nobody knows that it is slow, and on a busy machine that takes a while.
    const first = await new InferStream(service.client).send([batchOf(1, { rows, budgetMs })]);
    const outcomes = [...first, ...(await load(service, loadMs))];
    const idleMs = await idle.stop();
    const answered = outcomes.filter(
      (outcome) => outcome.rows !== null && outcome.rows !== undefined,
    ).length;
    const refused = outcomes.filter(({ error }) => error?.reason === 'BUDGET_TOO_SMALL').length;
    const { servables } = await service.client.modelStatus({});
    const lateRows = servables[0]?.lateRows ?? 0;
    const loopMs = Math.max(...collector.valuesOf('mesh.process.event_loop_delay'));
    t.diagnostic(
      `${outcomes.length} requests: ${refused} refused, ${answered} ran and were late; p99 of the event loop ${loopMs.toFixed(1)} ms at worst, of one that does nothing ${idleMs.toFixed(1)} ms`,
    );
    assert.ok(outcomes.length > (loadMs / 1_000) * requestsPerSecond * 0.9, 'the load ran');
    assert.ok(refused > outcomes.length * 0.9);
    assert.ok(answered >= 2, 'it is tried about once a second');
    assert.equal(lateRows, answered * rows, 'every late result is counted');
    // What waits for a call that takes longer than the ones before is too late.
    const others = outcomes.length - answered - refused;
    assert.ok(others < requestsPerSecond, `${others} had another end`);
    assert.ok(loopMs < eventLoopDelayMsMax + idleMs, `${loopMs} ms, idle ${idleMs} ms`);
    assert.deepEqual(await service.terminate(), { status: 0, signal: null });
  });

  it(`lets the service leave in the middle of a call, ${ends} times`, async () => {
    for (let end = 0; end < ends; end += 1) {
      using folder = temporaryFolder();
      await using service = await PredictionProcess.start({
        folder: folder.path,
        registry: address,
      });
      await service.reaches(1, 'READY');
      const loading = load(service, 1_500);
      // Each time at another point of the call.
      await delay(600 + 37 * end);
      assert.deepEqual(await service.terminate(), { status: 0, signal: null }, `end ${end}`);
      await loading;
    }
  });
});
