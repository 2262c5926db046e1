import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import {
  type DoubledRow,
  doublingCodec,
  GatedServer,
} from '../../../../test/support/gated-server.ts';
import { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs, monotonicMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectFrames, type FrameStream } from './frame-stream.ts';
import type { HedgeOptions } from './hedger.ts';
import type { MeshServer } from './server.ts';

const within = (ms: number) => ({ deadline: monotonicMs(systemClock.monotonic() + ms) });
const sleep = (ms: number) => systemClock.sleep(durationMs(ms), new AbortController().signal);

interface PairOptions {
  readonly frameRowsMax?: number;
  readonly hedge?: HedgeOptions;
}

/** Two replicas of a service, and a stream over both. */
class Pair implements AsyncDisposable {
  readonly gates: readonly [GatedServer, GatedServer];
  readonly servers: readonly MeshServer[];
  readonly stream: FrameStream<DoubledRow, number>;
  readonly #stopped = new Set<MeshServer>();

  private constructor(
    gates: readonly [GatedServer, GatedServer],
    servers: readonly MeshServer[],
    { frameRowsMax, hedge }: PairOptions,
  ) {
    this.gates = gates;
    this.servers = servers;
    this.stream = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
      addresses: servers.map(({ address }) => address),
      codec: doublingCodec,
      clock: systemClock,
      frameRowsMax: frameRowsMax ?? 64,
      hedge,
    });
  }

  static async start(options: PairOptions = {}): Promise<Pair> {
    const gates = [new GatedServer(), new GatedServer()] as const;
    const servers = await Promise.all(gates.map((gate) => gate.start('127.0.0.1:0')));
    const pair = new Pair(gates, servers, options);
    await eventually('both answer', async () => {
      await pair.ask(0).catch(() => undefined);
      return gates.every(({ frames }) => frames.length > 0);
    });
    for (const gate of gates) gate.frames.length = 0;
    return pair;
  }

  ask(value: number, ms = 2_000): Promise<number> {
    return this.stream.request({ model: 'm', value }, within(ms));
  }

  /** Asks so many times one after the other; gives how many failed. */
  async askInTurn(count: number, ms = 2_000): Promise<number> {
    let failures = 0;
    for (let one = 0; one < count; one += 1) {
      await this.ask(one, ms).catch(() => {
        failures += 1;
      });
    }
    return failures;
  }

  async stop(index: number, graceMs: number): Promise<void> {
    const server = this.servers[index];
    if (server === undefined || this.#stopped.has(server)) return;
    this.#stopped.add(server);
    await server.stop(graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gate of this.gates) gate.release();
    this.stream.close();
    await Promise.all(this.servers.map((_, index) => this.stop(index, 100)));
  }
}

describe('frame stream over replicas', () => {
  let pair: Pair | undefined;
  const start = async (options?: PairOptions) => {
    pair = await Pair.start(options);
    return pair;
  };
  afterEach(async () => {
    await pair?.[Symbol.asyncDispose]();
    pair = undefined;
  });

  it('gives to another replica what one that is gone has not answered', async () => {
    const { gates, stream } = await start();
    gates[0].isHolding = true;
    const answers = Array.from({ length: 10 }, (_, value) => pair?.ask(value));
    await eventually('five are under way', () => gates[0].rows === 5);
    await pair?.stop(0, 0);
    assert.deepEqual(
      await Promise.all(answers),
      Array.from({ length: 10 }, (_, value) => value * 2),
    );
    assert.equal(stream.itemsFailedOver, 5);
    assert.equal(await pair?.askInTurn(20), 0);
  });

  it('loses nothing when a replica drains under load: it answers what it has, and gets nothing new', async (test) => {
    const { gates } = await start({ frameRowsMax: 1 });
    let isOver = false;
    test.after(() => {
      isOver = true;
    });
    const outcomes = { answers: 0, failures: 0 };
    const asking = Array.from({ length: 8 }, async (_, value) => {
      while (!isOver) {
        await pair?.ask(value).then(
          () => {
            outcomes.answers += 1;
          },
          () => {
            outcomes.failures += 1;
          },
        );
      }
    });
    await sleep(50);
    gates[0].isHolding = true;
    await sleep(5);
    const stopping = pair?.stop(0, 2_000);
    await sleep(20);
    const atDrain = gates[0].rows;
    await sleep(30);
    gates[0].release();
    await stopping;
    await sleep(50);
    isOver = true;
    await Promise.all(asking);
    assert.ok(outcomes.answers > 20, `${outcomes.answers} answers`);
    assert.equal(outcomes.failures, 0);
    assert.equal(gates[0].rows, atDrain);
  });

  it('asks a replica that hangs no more, and again when its time is over', async () => {
    const { gates, stream } = await start();
    gates[0].isHolding = true;
    const failures = await pair?.askInTurn(100, 200);
    // Nearly all go to the other one, since a replica that has not answered has something to do.
    assert.ok(failures !== undefined && failures <= 2, `${failures} failures`);
    assert.ok(gates[0].rows <= 2);
    // Many at once find it the less busy one, until it is left out.
    for (let round = 0; round < 5; round += 1) {
      const asked = Array.from({ length: 10 }, (_, value) => pair?.ask(value, 100));
      await Promise.allSettled(asked);
    }
    assert.equal(stream.replicasEjected, 1);
    const rows = gates[0].rows;
    const asked = Array.from({ length: 50 }, (_, value) => pair?.ask(value, 1_000));
    await Promise.all(asked);
    assert.equal(gates[0].rows, rows);
    gates[0].release();
    await eventually('it is asked again', async () => {
      await pair?.askInTurn(2);
      return stream.replicasEjected === 0 && gates[0].rows > rows;
    });
  });

  it('asks another replica where one does not have what it takes yet, and leaves that one out', async () => {
    const { gates, stream } = await start();
    const notReady = new MeshError({
      code: 'UNAVAILABLE',
      reason: 'MODEL_NOT_READY',
      message: 'it loads',
    });
    gates[0].errors.set('m', notReady);
    assert.equal(await pair?.askInTurn(40), 0);
    // At the fifth answer of that replica it is clear; the first one may have come while it was well.
    assert.ok(stream.itemsFailedOver === 4 || stream.itemsFailedOver === 5);
    assert.equal(stream.replicasEjected, 1);
    // Where nobody has it the caller learns why.
    gates[1].errors.set('m', notReady);
    await assert.rejects(pair?.ask(1) ?? Promise.resolve(), { reason: 'MODEL_NOT_READY' });
  });

  it('sends an item to a second replica when the first one is late, and drops its late answer', async () => {
    const { gates, stream } = await start({ hedge: { after: durationMs(30), shareMax: 1 } });
    gates[0].isHolding = true;
    const started = systemClock.monotonic();
    const answers = Array.from({ length: 10 }, (_, value) => pair?.ask(value, 5_000));
    assert.deepEqual(
      await Promise.all(answers),
      Array.from({ length: 10 }, (_, value) => value * 2),
    );
    assert.ok(systemClock.monotonic() - started < 2_000);
    assert.equal(gates[0].rows, 5);
    assert.equal(gates[1].rows, 10);
    assert.deepEqual([stream.itemsHedged, stream.hedgesWon], [5, 5]);
    gates[0].release();
    await eventually('the late answers came', () => stream.stats()[0]?.framesInFlight === 0);
    assert.equal(await pair?.askInTurn(10), 0);
    assert.equal(stream.itemsHedged, 5);
  });

  it('hedges a share of the items at most, and gives the error when both fail', async () => {
    const { gates, stream } = await start({ hedge: { after: durationMs(10), shareMax: 0.05 } });
    for (const gate of gates) gate.isHolding = true;
    const asked = Array.from({ length: 100 }, (_, value) => pair?.ask(value, 200));
    const outcomes = await Promise.allSettled(asked);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    // Ten that are saved up, and 5 % of a hundred.
    assert.ok(stream.itemsHedged >= 10 && stream.itemsHedged <= 15, `${stream.itemsHedged}`);
    assert.equal(stream.hedgesWon, 0);
  });

  it('passes on what is the fault of the caller', async () => {
    const { gates, stream } = await start();
    const refusal = new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'TENSOR_SHAPE',
      message: 'wanted one column',
    });
    for (const gate of gates) gate.errors.set('m', refusal);
    assert.equal(await pair?.askInTurn(20), 20);
    assert.equal(stream.itemsFailedOver, 0);
    assert.equal(stream.replicasEjected, 0);
  });
});
