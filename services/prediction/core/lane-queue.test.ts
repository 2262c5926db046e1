import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../shared/kernel/units.ts';
import type { InferPriority, QueuedJob } from './infer-job.ts';
import { type CallLimits, LaneQueue } from './lane-queue.ts';

function job(rows: number, priority: InferPriority = 'production', deadlineMs = 100): QueuedJob {
  return {
    rows,
    priority,
    inputs: [],
    bytes: 4 * rows,
    deadline: monotonicMs(deadlineMs),
    queuedAt: monotonicMs(0),
    caller: { isCancelled: false },
    onSettled: () => undefined,
  };
}

const now = monotonicMs(50);

function callOf(rowsMax: number, canJoin: CallLimits['canJoin'] = () => true): CallLimits {
  return { rowsMax, bytesMax: 1_000, canJoin, backAt: () => now, isProbe: false };
}

describe('LaneQueue', () => {
  it('gives what waits in order, up to the rows of a call', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    const jobs = [job(2), job(2), job(1)];
    for (const each of jobs) queue.offer(each);
    const taken = queue.take('production', now, callOf(4));
    assert.deepEqual(taken.jobs, jobs.slice(0, 2));
    assert.equal(taken.rows, 4);
    assert.equal(queue.rows, 1);
  });

  it('never splits a job: one that is larger than a call goes alone', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    queue.offer(job(8));
    queue.offer(job(1));
    assert.equal(queue.take('production', now, callOf(4)).rows, 8);
    assert.equal(queue.take('production', now, callOf(4)).rows, 1);
  });

  it('joins only what may share a call, and keeps the order', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    const jobs = [job(1), job(1), job(3), job(1)];
    for (const each of jobs) queue.offer(each);
    const limits = callOf(10, (first, next) => first.rows === next.rows);
    const calls = [1, 2, 3].map(() => queue.take('production', now, limits).jobs);
    assert.deepEqual(calls, [jobs.slice(0, 2), jobs.slice(2, 3), jobs.slice(3)]);
  });

  it('gives up jobs whose callers are gone, and goes on behind them', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    const gone = { ...job(3), caller: { isCancelled: true } };
    const [good, later] = [job(1), { ...job(2, 'shadow'), caller: { isCancelled: true } }];
    for (const each of [gone, good, later]) queue.offer(each);
    const taken = queue.take('production', now, callOf(4));
    assert.deepEqual([taken.cancelled, taken.jobs], [[gone], [good]]);
    assert.deepEqual(queue.takeCancelled(), [later]);
    assert.deepEqual([queue.rows, queue.bytes], [0, 0]);
  });

  it('drops jobs whose deadline has come, and goes on behind them', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    const [late, good] = [job(3, 'production', 50), job(1, 'production', 51)];
    queue.offer(late);
    queue.offer(good);
    const taken = queue.take('production', now, callOf(1));
    assert.deepEqual(taken.expired, [late]);
    assert.deepEqual(taken.jobs, [good]);
    assert.equal(queue.rows, 0);
  });

  it('joins a job only where the least patient of the call is still answered in time', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 10, queueBytesMax: 1_000 });
    const jobs = [job(1, 'production', 62), job(1, 'production', 90), job(1, 'production', 90)];
    for (const each of jobs) queue.offer(each);
    // 5 ms a row: two rows are back at 60, three at 65.
    const backAt = (rows: number) => monotonicMs(now + 5 * rows);
    assert.deepEqual(
      queue.take('production', now, { ...callOf(8), backAt }).jobs,
      jobs.slice(0, 2),
    );
    assert.deepEqual(queue.take('production', now, { ...callOf(8), backAt }).jobs, jobs.slice(2));
  });

  it('leaves out what would be late even alone, unless it is to find out', () => {
    for (const isProbe of [false, true]) {
      const queue = new LaneQueue({
        queueRowsMax: 10,
        shadowQueueRowsMax: 10,
        queueBytesMax: 1_000,
      });
      const jobs = [job(1, 'production', 80), job(1, 'production', 85), job(1, 'production', 150)];
      for (const each of jobs) queue.offer(each);
      const limits = { ...callOf(8), backAt: () => monotonicMs(now + 50), isProbe };
      const taken = queue.take('production', now, limits);
      assert.deepEqual(taken.jobs, isProbe ? jobs.slice(0, 1) : jobs.slice(2));
      assert.deepEqual(taken.hopeless, isProbe ? jobs.slice(1, 2) : jobs.slice(0, 2));
    }
  });

  it('takes exactly its limit of rows and refuses the next', () => {
    const queue = new LaneQueue({ queueRowsMax: 4, shadowQueueRowsMax: 2, queueBytesMax: 1_000 });
    assert.equal(queue.offer(job(4)).isQueued, true);
    assert.equal(queue.offer(job(1)).isQueued, false);
    assert.equal(queue.rows, 4);
  });

  it('holds shadows to their own limit', () => {
    const queue = new LaneQueue({ queueRowsMax: 10, shadowQueueRowsMax: 2, queueBytesMax: 1_000 });
    assert.equal(queue.offer(job(2, 'shadow')).isQueued, true);
    assert.equal(queue.offer(job(1, 'shadow')).isQueued, false);
    assert.equal(queue.offer(job(8)).isQueued, true);
  });

  it('evicts the oldest shadows, and no more than it must, for production', () => {
    const queue = new LaneQueue({ queueRowsMax: 4, shadowQueueRowsMax: 4, queueBytesMax: 1_000 });
    const shadows = [job(1, 'shadow'), job(1, 'shadow'), job(2, 'shadow')];
    for (const shadow of shadows) queue.offer(shadow);
    const offer = queue.offer(job(2));
    assert.equal(offer.isQueued, true);
    assert.deepEqual(offer.evicted, shadows.slice(0, 2));
    assert.equal(queue.rows, 4);
  });

  it('evicts nothing for production that would not fit even then', () => {
    const queue = new LaneQueue({ queueRowsMax: 4, shadowQueueRowsMax: 4, queueBytesMax: 1_000 });
    queue.offer(job(3));
    queue.offer(job(1, 'shadow'));
    const offer = queue.offer(job(2));
    assert.deepEqual(offer, { isQueued: false, evicted: [] });
    assert.equal(queue.rows, 4);
  });

  it('never lets a shadow push another job out', () => {
    const queue = new LaneQueue({ queueRowsMax: 2, shadowQueueRowsMax: 2, queueBytesMax: 1_000 });
    queue.offer(job(2));
    assert.deepEqual(queue.offer(job(1, 'shadow')), { isQueued: false, evicted: [] });
  });

  it('gives everything when it is cleared', () => {
    const queue = new LaneQueue({ queueRowsMax: 4, shadowQueueRowsMax: 4, queueBytesMax: 1_000 });
    queue.offer(job(1, 'shadow'));
    queue.offer(job(1));
    assert.equal(queue.clear().length, 2);
    assert.equal(queue.rows, 0);
    assert.equal(queue.oldest('shadow'), undefined);
  });
});
