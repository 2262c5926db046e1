import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settleMicrotasks } from '../../../test/support/manual-clock.ts';
import { outputsOf, reasonOf, SchedulerBench } from '../../../test/support/scheduler-bench.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

describe('InferScheduler', () => {
  it('runs a lone job at once', async () => {
    const bench = new SchedulerBench();
    const outcomes = bench.submit(bench.open(1), { first: 7 });
    await settleMicrotasks();
    assert.equal(bench.calls.length, 1);
    await bench.calls[0]?.end();
    assert.deepEqual(outputsOf(outcomes), [7]);
  });

  it('runs the jobs of one frame in one call', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const jobs = [bench.submit(lane, { first: 1, rows: 2 }), bench.submit(lane, { first: 5 })];
    await settleMicrotasks();
    assert.deepEqual(
      bench.calls.map(({ rows }) => rows),
      [3],
    );
    await bench.calls[0]?.end();
    assert.deepEqual(jobs.map(outputsOf), [[1, 2], [5]]);
  });

  it('gathers what comes while a call runs into the next', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const waiting = [1, 2, 3].map((first) => bench.submit(lane, { first }));
    await settleMicrotasks();
    assert.equal(bench.calls.length, 1);
    await bench.calls[0]?.end();
    assert.equal(bench.calls[1]?.rows, 3);
    await bench.calls[1]?.end();
    assert.deepEqual(waiting.map(outputsOf), [[1], [2], [3]]);
    assert.deepEqual(lane.counts, { ...lane.counts, rows: 4, calls: 2, failedRows: 0 });
  });

  it('drops a job whose budget has passed in the queue, and does not run it', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const late = bench.submit(lane, { budgetMs: 10 });
    const patient = bench.submit(lane, { budgetMs: 50, first: 3 });
    await bench.clock.advance(10);
    await bench.calls[0]?.end();
    assert.equal(reasonOf(late), 'DEADLINE_EXCEEDED / DEADLINE_PASSED');
    assert.equal(bench.calls[1]?.rows, 1);
    await bench.calls[1]?.end();
    assert.deepEqual(outputsOf(patient), [3]);
    assert.equal(lane.counts.expiredRows, 1);
  });

  it('answers a job whose deadline passed while it ran, and counts it as late', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const outcomes = bench.submit(lane, { budgetMs: 10 });
    await settleMicrotasks();
    await bench.clock.advance(20);
    await bench.calls[0]?.end();
    assert.deepEqual(outputsOf(outcomes), [0]);
    assert.equal(lane.counts.lateRows, 1);
  });

  it('refuses what exceeds the queue at once', async () => {
    const bench = new SchedulerBench({ queueRowsMax: 2 });
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    bench.submit(lane, { rows: 2 });
    assert.equal(reasonOf(bench.submit(lane)), 'RESOURCE_EXHAUSTED / QUEUE_FULL');
    assert.equal(lane.counts.shedRows, 1);
  });

  it('sheds shadows for production', async () => {
    const bench = new SchedulerBench({ queueRowsMax: 2, shadowQueueRowsMax: 2 });
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const shadow = bench.submit(lane, { priority: 'shadow' });
    bench.submit(lane, { rows: 2 });
    assert.equal(reasonOf(shadow), 'RESOURCE_EXHAUSTED / QUEUE_FULL');
  });

  it('runs production before shadows of the same version, in calls of their own', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const shadow = bench.submit(lane, { priority: 'shadow', first: 9 });
    const production = bench.submit(lane, { first: 1 });
    await bench.calls[0]?.end();
    await bench.calls[1]?.end();
    assert.deepEqual(outputsOf(production), [1]);
    assert.equal(shadow.length, 0);
    await bench.calls[2]?.end();
    assert.deepEqual(outputsOf(shadow), [9]);
  });

  it('answers production while a shadow hangs', async () => {
    const bench = new SchedulerBench();
    const [hanging, production] = [bench.open(1), bench.open(2)];
    bench.submit(hanging, { priority: 'shadow' });
    bench.submit(hanging, { priority: 'shadow' });
    await settleMicrotasks();
    for (const first of [1, 2, 3]) {
      const outcomes = bench.submit(production, { first });
      await settleMicrotasks();
      await bench.calls.at(-1)?.end();
      assert.deepEqual(outputsOf(outcomes), [first]);
    }
  });

  it('never gives shadows the last slot, whatever number of them waits', async () => {
    const bench = new SchedulerBench({ callsMax: 3 });
    const shadows = [1, 2, 3, 4].map((version) => bench.open(version));
    for (const lane of shadows) bench.submit(lane, { priority: 'shadow' });
    await settleMicrotasks();
    assert.equal(bench.calls.length, 2);
    bench.submit(bench.open(5));
    await settleMicrotasks();
    assert.equal(bench.calls.length, 3);
  });

  it('never gives the last slot to versions that are hosted by request alone', async () => {
    const bench = new SchedulerBench();
    const [first, second, production] = [1, 2, 3].map((version) => bench.open(version));
    assert(first && second && production);
    for (const guest of [first, second]) guest.isGuest = true;
    for (const guest of [first, second]) bench.submit(guest);
    await settleMicrotasks();
    assert.equal(bench.calls.length, 1);
    const outcomes = bench.submit(production, { first: 7 });
    await settleMicrotasks();
    await bench.calls[1]?.end();
    assert.deepEqual(outputsOf(outcomes), [7]);
    await bench.calls[0]?.end();
    assert.equal(bench.calls.length, 3);
  });

  it('runs what waits of others before that of versions that are hosted by request', async () => {
    const bench = new SchedulerBench();
    const [guest, production] = [bench.open(1), bench.open(2)];
    guest.isGuest = true;
    bench.submit(guest);
    bench.submit(production, { first: 3 });
    await settleMicrotasks();
    assert.equal(bench.calls[0]?.input[0], 3);
  });

  it('bounds what waits, and what one call takes, in bytes too', async () => {
    // 8 bytes a row.
    const bench = new SchedulerBench({ queueBytesMax: 40, callBytesMax: 16 });
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    for (const _ of [1, 2, 3, 4, 5]) bench.submit(lane);
    assert.equal(reasonOf(bench.submit(lane)), 'RESOURCE_EXHAUSTED / QUEUE_FULL');
    await bench.calls[0]?.end();
    assert.equal(bench.calls[1]?.rows, 2);
  });

  it('gives a free slot to the production that has waited longest', async () => {
    const bench = new SchedulerBench();
    const [first, second, third, fourth] = [1, 2, 3, 4].map((version) => bench.open(version));
    assert(first && second && third && fourth);
    bench.submit(first);
    bench.submit(second);
    await settleMicrotasks();
    bench.submit(fourth, { first: 4 });
    await bench.clock.advance(1);
    bench.submit(third, { first: 3 });
    await bench.calls[0]?.end();
    assert.equal(bench.calls[2]?.input[0], 4);
  });

  it('uses each thread of a version', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1, 2);
    bench.submit(lane);
    await settleMicrotasks();
    bench.submit(lane);
    await settleMicrotasks();
    assert.equal(bench.calls.length, 2);
  });

  it('fails only the job that an unsound row is in', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const jobs = [
      bench.submit(lane, { rows: 2 }),
      bench.submit(lane, { rows: 2, first: 5 }),
      bench.submit(lane),
    ];
    await settleMicrotasks();
    await bench.calls[0]?.end({ badOutputRows: [1], badInputRows: [4] });
    assert.equal(reasonOf(jobs[0] ?? []), 'INTERNAL / TENSOR_NOT_FINITE');
    assert.deepEqual(outputsOf(jobs[1] ?? []), [5, 6]);
    assert.equal(reasonOf(jobs[2] ?? []), 'INVALID_ARGUMENT / INVALID_FIELD');
  });

  it('fails all jobs of a call that fails, and goes on', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const failed = [bench.submit(lane), bench.submit(lane, { rows: 2 })];
    await settleMicrotasks();
    const next = bench.submit(lane, { first: 2 });
    await bench.calls[0]?.fail(new TypeError('planned'));
    for (const job of failed) assert.equal(reasonOf(job), 'INTERNAL / INFERENCE_FAILED');
    await bench.calls[1]?.end();
    assert.deepEqual(outputsOf(next), [2]);
  });

  it('fails what waits and runs when a lane fails, and frees its slot', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const running = bench.submit(lane, { rows: 8 });
    await settleMicrotasks();
    const waiting = bench.submit(lane);
    await settleMicrotasks();
    const error = new MeshError({ code: 'UNAVAILABLE', reason: 'WORKER_STUCK', message: 'stuck' });
    lane.fail(error);
    const later = bench.submit(lane);
    for (const outcomes of [running, waiting, later]) {
      assert.equal(reasonOf(outcomes), 'UNAVAILABLE / WORKER_STUCK');
    }
    await bench.calls[0]?.end();
    assert.equal(running.length, 1, 'what a failed lane gives later is dropped');
  });

  it('lets what waits end when a lane closes, and is idle then', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    const job = bench.submit(lane, { first: 4 });
    lane.close();
    assert.equal(reasonOf(bench.submit(lane)), 'UNAVAILABLE / DRAINING');
    const idle = { is: false };
    void lane.whenIdle().then(() => {
      idle.is = true;
    });
    await settleMicrotasks();
    assert.equal(idle.is, false);
    await bench.calls[0]?.end();
    assert.equal(idle.is, true);
    assert.deepEqual(outputsOf(job), [4]);
  });

  it('is idle at once where nothing waits, and after the last job expired', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    await lane.whenIdle();
    bench.submit(lane, { budgetMs: 0 });
    await lane.whenIdle();
    assert.equal(bench.calls.length, 0);
  });
});
