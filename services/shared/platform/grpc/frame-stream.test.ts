import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../../../test/support/eventually.ts';
import {
  doublingCodec as codec,
  type DoubledRow,
  GatedServer,
  type InferFrame,
  type InferReply,
} from '../../../../test/support/gated-server.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { durationMs, monotonicMs } from '../../kernel/units.ts';
import { systemClock } from '../process/system-clock.ts';
import { connectFrames, type FrameStream, type FrameStreamOptions } from './frame-stream.ts';
import type { MeshServer } from './server.ts';

const within = (ms: number) => ({ deadline: monotonicMs(systemClock.monotonic() + ms) });
const sleep = (ms: number) => systemClock.sleep(durationMs(ms), new AbortController().signal);

describe('frame stream', () => {
  const cleanUps: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function serve(gate: GatedServer, address = '127.0.0.1:0'): Promise<MeshServer> {
    const server = await gate.start(address);
    let isStopped = false;
    const stop = server.stop.bind(server);
    server.stop = async (graceMs) => {
      if (isStopped) return;
      isStopped = true;
      await stop(graceMs);
    };
    cleanUps.push(() => server.stop(100));
    return server;
  }

  async function connect(
    address: string,
    limits: Partial<FrameStreamOptions<DoubledRow, InferFrame, InferReply, number>> = {},
  ): Promise<FrameStream<DoubledRow, number>> {
    const stream = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
      addresses: [address],
      codec,
      clock: systemClock,
      ...limits,
    });
    cleanUps.push(() => stream.close());
    await untilOpen(stream);
    return stream;
  }

  async function untilOpen(stream: FrameStream<DoubledRow, number>): Promise<void> {
    await eventually('the stream is open', () => stream.isOpen);
  }

  it('answers one item in a frame of its own', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address);
    assert.equal(await stream.request({ model: 'm', value: 21 }, within(2_000)), 42);
    assert.equal(gate.frames.length, 1);
  });

  it('lets what queues behind two frames share the next, and groups it by model', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address, { frameRowsMax: 8, companyRows: 1 });
    gate.isHolding = true;
    const answers: Promise<number>[] = [];
    for (let value = 0; value < 2; value += 1) {
      answers.push(stream.request({ model: 'm', value }, within(2_000)));
      await turn();
      await turn();
    }
    for (let value = 2; value < 12; value += 1) {
      const model = value % 2 === 0 ? 'even' : 'odd';
      answers.push(stream.request({ model, value }, within(2_000)));
    }
    await sleep(30);
    assert.equal(gate.frames.length, 2);
    gate.release();
    assert.deepEqual(
      await Promise.all(answers),
      Array.from({ length: 12 }, (_, i) => i * 2),
    );
    const sizes = gate.frames.map((batches) =>
      batches.map(({ model, rows }) => `${model}:${rows}`),
    );
    assert.deepEqual(sizes, [['m:1'], ['m:1'], ['even:4', 'odd:4'], ['even:1', 'odd:1']]);
  });

  it('lets the second frame wait for company until its time is over, or the first is answered', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const patient = await connect(server.address, { companyRows: 4, companyMs: 60_000 });
    const hasty = await connect(server.address, { companyRows: 4, companyMs: 1 });
    const answers: Promise<number>[] = [];
    gate.isHolding = true;
    for (const stream of [patient, hasty]) {
      answers.push(stream.request({ model: 'm', value: 1 }, within(20_000)));
      await turn();
      await turn();
      answers.push(stream.request({ model: 'm', value: 2 }, within(20_000)));
    }
    await eventually('the hasty one has sent both', () => gate.frames.length === 3);
    assert.deepEqual(
      patient.stats().map(({ framesSent, queueRows }) => [framesSent, queueRows]),
      [[1, 1]],
    );
    gate.release();
    assert.deepEqual(await Promise.all(answers), [2, 4, 2, 4]);
  });

  it('fails one batch of a frame and answers the others', async () => {
    const server = await serve(new GatedServer());
    const stream = await connect(server.address);
    const broken = stream.request({ model: 'broken', value: 1 }, within(2_000));
    const whole = stream.request({ model: 'm', value: 2 }, within(2_000));
    await assert.rejects(broken, { code: 'INTERNAL', reason: 'INFERENCE_FAILED' });
    assert.equal(await whole, 4);
  });

  it('refuses at once what does not fit into the queue', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address, { queueRowsMax: 4, frameRowsMax: 1 });
    gate.isHolding = true;
    const outcomes = Array.from({ length: 10 }, (_, value) =>
      stream
        .request({ model: 'm', value }, within(2_000))
        .catch((error: MeshError) => error.reason),
    );
    await sleep(30);
    gate.release();
    const refused = (await Promise.all(outcomes)).filter((outcome) => outcome === 'QUEUE_FULL');
    assert.equal(refused.length, 6);
  });

  it('fails items at their deadline, in flight or in the queue, and counts late answers', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address, { frameRowsMax: 1 });
    gate.isHolding = true;
    const started = systemClock.monotonic();
    const outcomes = await Promise.all(
      [0, 1, 2, 3].map((value) =>
        stream.request({ model: 'm', value }, within(30)).catch((error: MeshError) => error.reason),
      ),
    );
    assert.deepEqual(outcomes, Array(4).fill('DEADLINE_PASSED'));
    assert.ok(systemClock.monotonic() - started < 1_000);
    gate.release();
    assert.equal(await stream.request({ model: 'm', value: 5 }, within(2_000)), 10);
    const [stats] = stream.stats();
    assert.equal(stats?.itemsLate, 2);
    assert.equal(stats?.itemsSent, 3); // those that expired in the queue were never sent
  });

  it('answers others while batches hang that nobody waits for, and frees their frames once', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address);
    gate.isHolding = true;
    const hung: Promise<unknown>[] = [];
    for (let value = 0; value < 2; value += 1) {
      hung.push(
        assert.rejects(stream.request({ model: 'hung', value }, within(40)), {
          reason: 'DEADLINE_PASSED',
        }),
      );
      await eventually('it is under way', () => gate.frames.length === value + 1);
    }
    gate.isHolding = false;
    // What waits behind them is not lost with them.
    const answers = [1, 2, 3].map((value) => stream.request({ model: 'm', value }, within(2_000)));
    await Promise.all(hung);
    assert.deepEqual(await Promise.all(answers), [2, 4, 6]);
    assert.deepEqual([stream.stats()[0]?.framesInFlight, stream.stats()[0]?.framesOverdue], [0, 2]);
    gate.release();
    await eventually('the late answers came', () => stream.stats()[0]?.framesOverdue === 0);
    assert.equal(stream.stats()[0]?.framesInFlight, 0);
    assert.equal(stream.stats()[0]?.itemsLate, 2);
    assert.equal(await stream.request({ model: 'm', value: 4 }, within(2_000)), 8);
  });

  it('sends a peer that answers nothing a bounded number of frames, until its stream breaks', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address, { frameRowsMax: 1, frameMsMax: 3_000 });
    gate.isHolding = true;
    for (let round = 0; round < 30; round += 1) {
      const lost = [0, 1].map((value) => stream.request({ model: 'm', value }, within(15)));
      await Promise.allSettled(lost);
    }
    assert.equal(gate.frames.length, 16);
    assert.deepEqual(
      [stream.stats()[0]?.framesInFlight, stream.stats()[0]?.framesOverdue],
      [2, 14],
    );
    await eventually('the stream broke', async () => {
      await stream.request({ model: 'm', value: 0 }, within(15)).catch(() => undefined);
      return stream.stats()[0]?.breaks === 1;
    });
    gate.release();
    await untilOpen(stream);
    assert.equal(await stream.request({ model: 'm', value: 4 }, within(2_000)), 8);
    assert.equal(stream.stats()[0]?.framesOverdue, 0);
  });

  it('fails everything at once when the stream breaks, refuses while it is gone, and comes back', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const states: boolean[] = [];
    const stream = await connect(server.address, { onOpenChange: (isOpen) => states.push(isOpen) });
    gate.isHolding = true;
    const lost = stream.request({ model: 'm', value: 1 }, within(60_000));
    await eventually('the item is under way', () => gate.frames.length === 1);
    const started = systemClock.monotonic();
    const stopped = server.stop(0);
    await assert.rejects(lost, { code: 'UNAVAILABLE', reason: 'PEER_UNAVAILABLE' });
    assert.ok(systemClock.monotonic() - started < 1_000);
    await stopped;
    await eventually('it has tried again, and says why it can not', async () => {
      const refused = { reason: 'PEER_UNAVAILABLE' };
      const asked = stream.request({ model: 'm', value: 1 }, within(60_000));
      await assert.rejects(asked, refused);
      const why = await asked.then(String, ({ message }: Error) => message);
      return /no stream is open \(.*ECONNREFUSED/.test(why);
    });
    await serve(new GatedServer(), server.address);
    await untilOpen(stream);
    assert.equal(await stream.request({ model: 'm', value: 3 }, within(2_000)), 6);
    assert.deepEqual(states, [true, false, true]);
  });

  it('is answered what is under way when the server drains', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address);
    gate.isHolding = true;
    const underWay = stream.request({ model: 'm', value: 4 }, within(5_000));
    await eventually('the item is under way', () => gate.frames.length === 1);
    const stopped = server.stop(2_000);
    await sleep(20);
    gate.release();
    assert.equal(await underWay, 8);
    await stopped;
  });

  it('breaks a stream whose frame is never answered', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address, { frameMsMax: 40 });
    gate.isHolding = true;
    const lost = stream.request({ model: 'm', value: 1 }, within(20));
    await assert.rejects(lost, { reason: 'DEADLINE_PASSED' });
    await sleep(40);
    await assert.rejects(stream.request({ model: 'm', value: 1 }, within(20)));
    await eventually('the stream broke', () => stream.stats()[0]?.breaks === 1);
  });

  it('gives up a peer that answers nothing however many ask, and lets none who may still be sent wait behind those who may not', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const limits = { frameRowsMax: 1, framesMax: 1, queueRowsMax: 50, frameMsMax: 1_500 };
    const stream = await connect(server.address, limits);
    gate.isHolding = true;
    const ask = (ms: number): Promise<string> =>
      stream.request({ model: 'm', value: 1 }, within(ms)).then(
        () => 'answered',
        ({ reason }: MeshError) => reason,
      );
    // The frames that it reads ahead of its answers, and a full queue.
    for (let sent = 0; sent < 16; sent += 1) {
      const asked = ask(10);
      await eventually('it was sent', () => gate.frames.length === sent + 1);
      await asked;
    }
    const first = Array.from({ length: 60 }, () => ask(10));
    assert.deepEqual(new Set(await Promise.all(first)), new Set(['QUEUE_FULL', 'DEADLINE_PASSED']));
    assert.equal(stream.stats()[0]?.queueRows, 0);
    const later = Array.from({ length: 60 }, () => ask(60_000));
    await eventually('the stream broke', () => stream.stats()[0]?.breaks === 1);
    assert.deepEqual(
      new Set(await Promise.all(later)),
      new Set(['QUEUE_FULL', 'PEER_UNAVAILABLE']),
    );
  });

  it('goes to the address with the fewest items', async () => {
    const [first, second] = [new GatedServer(), new GatedServer()];
    const servers = [await serve(first), await serve(second)];
    const stream = connectFrames('mlmesh.prediction.v1.PredictionService', 'infer', {
      addresses: servers.map(({ address }) => address),
      codec,
      clock: systemClock,
    });
    cleanUps.push(() => stream.close());
    await eventually('both addresses answer', async () => {
      await stream.request({ model: 'm', value: 0 }, within(2_000)).catch(() => {});
      return first.frames.length > 0 && second.frames.length > 0;
    });
    first.frames.length = 0;
    second.frames.length = 0;
    const answers = Array.from({ length: 10 }, (_, value) =>
      stream.request({ model: 'm', value }, within(2_000)),
    );
    await Promise.all(answers);
    assert.deepEqual([first.rows, second.rows], [5, 5]);
  });

  it('fails what is under way when it is closed', async () => {
    const gate = new GatedServer();
    const server = await serve(gate);
    const stream = await connect(server.address);
    gate.isHolding = true;
    const lost = stream.request({ model: 'm', value: 1 }, within(60_000));
    await sleep(10);
    stream.close();
    await assert.rejects(lost, { reason: 'CALL_CANCELLED' });
    gate.release();
  });
});
