import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { eventually } from '../../../../test/support/eventually.ts';
import type { FakeRequest } from '../../../../test/support/fake-worker.ts';
import { ManualClock } from '../../../../test/support/manual-clock.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

type Pool = WorkerPool<FakeRequest, string>;

const pools: Pool[] = [];

function poolOf(change: Partial<WorkerPoolOptions<FakeRequest>> = {}): Pool {
  const pool: Pool = new WorkerPool({
    name: 'test',
    file: new URL('../../../../test/support/fake-worker.js', import.meta.url),
    workerData: undefined,
    threads: 1,
    queueTasksMax: 1,
    stuckMsMax: 60_000,
    clock: systemClock,
    onStuck: () => undefined,
    ...change,
  });
  pools.push(pool);
  return pool;
}

describe('WorkerPool', () => {
  after(async () => {
    for (const pool of pools) await pool.stop(10_000);
  });

  it('gives what the worker gives', async () => {
    assert.equal(await poolOf().run({ kind: 'echo', text: 'here' }), 'here');
  });

  it('moves buffers to the thread', async () => {
    const values = Float32Array.of(1, 2, 3).buffer;
    const sum = await poolOf().run({ kind: 'sum', values }, { transfer: [values] });
    assert.equal(sum, '6');
    assert.equal(values.byteLength, 0);
  });

  it('carries code and reason of an error over the threads, and names what is none', async () => {
    const pool = poolOf();
    const known = { code: 'NOT_FOUND', reason: 'VERSION_UNKNOWN', message: 'planned' };
    await assert.rejects(pool.run({ kind: 'refuse' }), known);
    const unknown = { code: 'INTERNAL', reason: 'INFERENCE_FAILED', message: 'planned break' };
    await assert.rejects(pool.run({ kind: 'break' }), unknown);
  });

  it('reports a thread that dies, and goes on with another', async () => {
    const pool = poolOf();
    const error = { code: 'INTERNAL', reason: 'INFERENCE_FAILED' };
    await assert.rejects(pool.run({ kind: 'die' }), error);
    assert.equal(await pool.run({ kind: 'echo', text: 'again' }), 'again');
  });

  it('reports a thread that dies to all who wait for it', async () => {
    const pool = poolOf();
    const error = { code: 'INTERNAL', reason: 'INFERENCE_FAILED' };
    const running = [pool.run({ kind: 'die' }), pool.run({ kind: 'echo', text: 'behind it' })];
    for (const run of running) await assert.rejects(run, error);
    assert.equal(pool.tasksInFlight, 0);
    assert.equal(await pool.run({ kind: 'echo', text: 'again' }), 'again');
  });

  it('refuses what can not be sent, and goes on', async () => {
    const pool = poolOf();
    const request = { kind: 'echo', text: 'no', callback: () => undefined } as const;
    const error = { code: 'INTERNAL', reason: 'INFERENCE_FAILED' };
    await assert.rejects(pool.run(request), error);
    assert.equal(pool.tasksInFlight, 0);
    assert.equal(await pool.run({ kind: 'echo', text: 'again' }), 'again');
  });

  it('refuses what exceeds its queue at once', async () => {
    const pool = poolOf();
    const running = [1, 2].map(() => pool.run({ kind: 'block', ms: 20 }));
    const error = { code: 'RESOURCE_EXHAUSTED', reason: 'QUEUE_FULL' };
    await assert.rejects(pool.run({ kind: 'echo', text: 'no' }), error);
    await Promise.all(running);
    assert.equal(pool.tasksInFlight, 0);
  });

  it('lets every task end when it stops, on all threads', async () => {
    const pool = poolOf({ threads: 2 });
    const running = [50, 150].map((ms) => pool.run({ kind: 'block', ms }));
    const stopping = pool.stop(10_000);
    await assert.rejects(pool.run({ kind: 'echo', text: 'no' }), { reason: 'DRAINING' });
    assert.deepEqual(await Promise.all(running), ['blocked', 'blocked']);
    await stopping;
    await pool.stop(0);
  });

  it('says at the stop that a task does not end, and may be asked again', async () => {
    const pool = poolOf();
    const running = pool.run({ kind: 'block', ms: 500 });
    await assert.rejects(pool.stop(1), { code: 'UNAVAILABLE', reason: 'WORKER_STUCK' });
    await running;
    await pool.stop(1_000);
  });

  it('is stuck when a task outlives its limit, tells whoever waits, and frees the thread later', async () => {
    const clock = new ManualClock();
    const errors: MeshError[] = [];
    const pool = poolOf({ clock, stuckMsMax: 400, onStuck: (error) => errors.push(error) });
    const running = pool.run({ kind: 'block', ms: 300 });
    const rejected = assert.rejects(running, { code: 'UNAVAILABLE', reason: 'WORKER_STUCK' });
    for (let looks = 0; looks < 4; looks += 1) await clock.advance(100);
    assert.equal(pool.isStuck, false, 'after the limit, not at it');
    await clock.advance(100);
    assert.equal(pool.isStuck, true);
    assert.equal(errors.length, 1);
    await rejected;
    await eventually('the thread is free', () => pool.tasksInFlight === 0);
    await pool.stop(0);
  });

  it('says its farewell to a thread that was stuck before it ends it: its answer is no sign that it is idle', async () => {
    const clock = new ManualClock();
    const memory = new SharedArrayBuffer(4);
    const pool = poolOf({ clock, stuckMsMax: 400, farewell: { kind: 'note', memory } });
    const rejected = assert.rejects(pool.run({ kind: 'block', ms: 300 }));
    for (let looks = 0; looks < 5; looks += 1) await clock.advance(100);
    await rejected;
    const noted = new Int32Array(memory);
    assert.equal(noted[0], 0);
    await eventually('the farewell is said', () => Atomics.load(noted, 0) === 1);
    await pool.stop(1_000);
    assert.equal(noted[0], 1);
  });

  it('does not take a process that was suspended for a task that is stuck', async () => {
    const clock = new ManualClock();
    const pool = poolOf({ clock, stuckMsMax: 400 });
    const running = pool.run({ kind: 'block', ms: 100 });
    await clock.advance(3_600_000);
    assert.equal(pool.isStuck, false);
    assert.equal(await running, 'blocked');
  });

  it('gives a request its own limit where it has one', async () => {
    const clock = new ManualClock();
    const pool = poolOf({ clock, stuckMsMax: 400 });
    const running = pool.run({ kind: 'block', ms: 200 }, { stuckMsMax: 800 });
    for (let looks = 0; looks < 8; looks += 1) await clock.advance(100);
    assert.equal(pool.isStuck, false);
    assert.equal(await running, 'blocked');
  });
});
