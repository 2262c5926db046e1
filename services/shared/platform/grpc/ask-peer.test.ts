import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import { InferenceProcess } from '../../../../test/support/inference-process.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import { createRetryBudget } from '../../policy/retry-budget.ts';
import { systemClock } from '../process/system-clock.ts';
import { type ClientOptions, connectService, type ServiceClient } from './client.ts';

type Client = ServiceClient<'inference.GRPCInferenceService'>;

const timeoutMs = durationMs(400);
const sleep = (ms: number) => systemClock.sleep(durationMs(ms), new AbortController().signal);

describe('a client of two servers, one of which hangs', () => {
  let hung: InferenceProcess;
  let well: InferenceProcess;
  const cleanUps: (() => void)[] = [];

  before(async () => {
    hung = await InferenceProcess.start();
    well = await InferenceProcess.start();
  });
  after(() => {
    hung[Symbol.dispose]();
    well[Symbol.dispose]();
  });
  afterEach(() => {
    hung.resume();
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });

  /** A client that is connected to all its servers. */
  async function connect(
    servers: readonly InferenceProcess[],
    options: Partial<ClientOptions> = {},
  ): Promise<Client> {
    const client = connectService(
      'inference.GRPCInferenceService',
      servers.map(({ address }) => address),
      { clock: systemClock, ...options },
    );
    cleanUps.push(() => client.close());
    for (let call = 0; call < 20; call += 1) {
      await client.serverReady({});
      await sleep(2);
    }
    return client;
  }

  /** Asks one after the other; gives why it got no answer, or '', and how long each took. */
  async function ask(client: Client, calls: number): Promise<{ reason: string; ms: number }[]> {
    const outcomes: { reason: string; ms: number }[] = [];
    for (let call = 0; call < calls; call += 1) {
      const startedAt = systemClock.monotonic();
      const reason = await client.modelInfer({ modelName: 'm' }, { timeoutMs }).then(
        () => '',
        (error: MeshError) => error.reason,
      );
      outcomes.push({ reason, ms: systemClock.monotonic() - startedAt });
    }
    return outcomes;
  }

  const slow = (outcomes: readonly { ms: number }[]) =>
    outcomes.filter(({ ms }) => ms >= timeoutMs / 2 - 5).length;

  it('is answered by the other one within the deadline, and then asks that alone', async () => {
    const client = await connect([hung, well]);
    // Its good answers are of another window.
    await sleep(2_000);
    hung.hang();
    const outcomes = await ask(client, 40);
    assert.deepEqual([...new Set(outcomes.map(({ reason }) => reason))], ['']);
    assert.ok(slow(outcomes) >= 1 && slow(outcomes) <= 6, `${slow(outcomes)} waited`);
    assert.equal(slow(outcomes.slice(-20)), 0);
    hung.resume();
    await sleep(1_100);
    well.hang();
    try {
      await eventually('the one that hung is asked again', async () =>
        (await ask(client, 1)).every(({ reason }) => reason === ''),
      );
    } finally {
      well.resume();
    }
  });

  it('asks no second one without a budget, and has all of its time then', async () => {
    const retryBudget = createRetryBudget({ retriesPerCall: 0, retriesMax: 0 });
    const client = await connect([hung, well], { retryBudget });
    hung.hang();
    const startedAt = systemClock.monotonic();
    const calls = [0, 1].map(() =>
      client.modelInfer({ modelName: 'm' }, { timeoutMs: durationMs(5_000) }),
    );
    await sleep(2_800); // more than half
    hung.resume();
    await Promise.all(calls);
    assert.ok(systemClock.monotonic() - startedAt < 4_500);
  });

  it('waits for the only one there is, which hangs, until the deadline', async () => {
    const client = await connect([hung]);
    hung.hang();
    const [outcome] = await ask(client, 1);
    assert.equal(outcome?.reason, 'DEADLINE_PASSED');
    assert.ok(outcome !== undefined && outcome.ms >= timeoutMs - 20);
  });
});
