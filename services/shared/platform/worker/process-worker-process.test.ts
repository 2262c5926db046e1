import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { FakeRequest } from '../../../../test/support/fake-worker.ts';
import type { MeshError } from '../../kernel/mesh-error.ts';
import { systemClock } from '../process/system-clock.ts';
import { ProcessWorker, type ProcessWorkerOptions } from './process-worker.ts';

type Worker = ProcessWorker<FakeRequest, string>;

const workers: Worker[] = [];

function workerOf(change: Partial<ProcessWorkerOptions<FakeRequest>> = {}): Worker {
  const worker: Worker = new ProcessWorker({
    name: 'test',
    file: new URL('../../../../test/support/fake-child.js', import.meta.url),
    workerData: undefined,
    queueTasksMax: 1,
    stuckMsMax: 60_000,
    clock: systemClock,
    onStuck: () => undefined,
    ...change,
  });
  workers.push(worker);
  return worker;
}

describe('ProcessWorker', { concurrency: false }, () => {
  after(async () => {
    for (const worker of workers) await worker.stop(10_000);
  });

  it('gives what the process gives, typed arrays as they are', async () => {
    const worker = workerOf();
    assert.equal(await worker.run({ kind: 'echo', text: 'here' }), 'here');
    const values = Float32Array.of(1, 2, 3).buffer;
    assert.equal(await worker.run({ kind: 'sum', values }), '6');
  });

  it('carries code and reason of an error, and names what is none', async () => {
    const worker = workerOf();
    const known = { code: 'NOT_FOUND', reason: 'VERSION_UNKNOWN', message: 'planned' };
    await assert.rejects(worker.run({ kind: 'refuse' }), known);
    const unknown = { code: 'INTERNAL', reason: 'INFERENCE_FAILED', message: 'planned break' };
    await assert.rejects(worker.run({ kind: 'break' }), unknown);
  });

  it('reports a process that dies, and goes on with another', async () => {
    const worker = workerOf();
    const error = { code: 'INTERNAL', reason: 'INFERENCE_FAILED', message: /died/ };
    await assert.rejects(worker.run({ kind: 'die' }), error);
    assert.equal(await worker.run({ kind: 'echo', text: 'again' }), 'again');
  });

  it('refuses what exceeds its queue at once', async () => {
    const worker = workerOf();
    const running = [1, 2].map(() => worker.run({ kind: 'block', ms: 50 }));
    const error = { code: 'RESOURCE_EXHAUSTED', reason: 'QUEUE_FULL' };
    await assert.rejects(worker.run({ kind: 'echo', text: 'no' }), error);
    await Promise.all(running);
    assert.equal(worker.tasksInFlight, 0);
  });

  it('lets every task end when it stops, and says its farewell', async () => {
    const worker = workerOf({ farewell: { kind: 'echo', text: 'farewell' } });
    const running = worker.run({ kind: 'block', ms: 100 });
    const stopping = worker.stop(10_000);
    await assert.rejects(worker.run({ kind: 'echo', text: 'no' }), { reason: 'DRAINING' });
    assert.equal(await running, 'blocked');
    await stopping;
  });

  it('kills a process that does not come back, tells whoever waits, and stays stuck', async () => {
    const errors: MeshError[] = [];
    const worker = workerOf({ stuckMsMax: 200, onStuck: (error) => errors.push(error) });
    const stuck = { code: 'UNAVAILABLE', reason: 'WORKER_STUCK' };
    // A process takes its time to start, and the wait for that counts.
    await worker.run({ kind: 'echo', text: 'up' }, { stuckMsMax: 30_000 });
    await assert.rejects(worker.run({ kind: 'block', ms: 60_000 }), stuck);
    assert.equal(errors.length, 1);
    assert.equal(worker.isStuck, true);
    await assert.rejects(worker.run({ kind: 'echo', text: 'no' }), stuck);
    await worker.stop(0);
  });

  it('says at the stop that a task does not end, and ends its process all the same', async () => {
    const worker = workerOf();
    await worker.run({ kind: 'echo', text: 'up' });
    const running = assert.rejects(worker.run({ kind: 'block', ms: 60_000 }));
    await assert.rejects(worker.stop(50), { code: 'UNAVAILABLE', reason: 'WORKER_STUCK' });
    await running;
  });
});
