import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settleMicrotasks } from '../../../test/support/manual-clock.ts';
import { outputsOf, reasonOf, SchedulerBench } from '../../../test/support/scheduler-bench.ts';
import type { InferLane } from './infer-lane.ts';

/** Gives a lane that knows, and has just seen, that a call takes this long. */
async function taught(bench: SchedulerBench, tookMs: number): Promise<InferLane> {
  const lane = bench.open(1);
  for (let call = 0; call < 40; call += 1) {
    bench.submit(lane, { budgetMs: 10_000 });
    await settleMicrotasks();
    await bench.clock.advance(tookMs);
    await bench.calls[call]?.end();
  }
  bench.calls.length = 0;
  return lane;
}

describe('InferScheduler by deadlines', () => {
  it('refuses at once what the model is known to be too slow for, and tries again after a second', async () => {
    const bench = new SchedulerBench();
    const lane = await taught(bench, 500);
    const refused = bench.submit(lane, { budgetMs: 50 });
    assert.equal(reasonOf(refused), 'DEADLINE_EXCEEDED / BUDGET_TOO_SMALL');
    assert.equal(lane.counts.hopelessRows, 1);
    await bench.clock.advance(500);
    const probe = bench.submit(lane, { budgetMs: 50, first: 6 });
    await settleMicrotasks();
    assert.equal(
      reasonOf(bench.submit(lane, { budgetMs: 50 })),
      'DEADLINE_EXCEEDED / BUDGET_TOO_SMALL',
    );
    await bench.clock.advance(500);
    await bench.calls[0]?.end();
    assert.deepEqual(outputsOf(probe), [6]);
    assert.equal(bench.calls.length, 1);
  });

  it('counts the call that runs and those that wait before a job to what it needs', async () => {
    const bench = new SchedulerBench({ rowsMax: 1 });
    const lane = await taught(bench, 20);
    const jobs = [0, 1, 2].map(() => bench.submit(lane, { budgetMs: 70 }));
    await settleMicrotasks();
    assert.equal(bench.calls.length, 1);
    // 20 for the call that runs, 40 for two that wait, 20 of its own.
    const refused = bench.submit(lane, { budgetMs: 70 });
    assert.equal(reasonOf(refused), 'DEADLINE_EXCEEDED / BUDGET_TOO_SMALL');
    const patient = bench.submit(lane, { budgetMs: 90 });
    for (const at of [0, 1, 2, 3]) {
      await bench.clock.advance(20);
      await bench.calls[at]?.end();
    }
    for (const job of [...jobs, patient]) outputsOf(job);
  });

  it('recovers when a model becomes fast again', async () => {
    const bench = new SchedulerBench();
    const lane = await taught(bench, 100);
    let answered = 0;
    for (let second = 0; second < 60; second += 1) {
      await bench.clock.advance(1_000);
      const outcomes = bench.submit(lane, { budgetMs: 50 });
      await settleMicrotasks();
      await bench.clock.advance(1);
      await bench.calls.at(-1)?.end();
      answered += outcomes[0]?.kind === 'rows' ? 1 : 0;
    }
    assert.equal(answered, 60);
    const [first, second] = [bench.submit(lane), bench.submit(lane)];
    await settleMicrotasks();
    await bench.calls.at(-1)?.end();
    for (const outcomes of [first, second]) outputsOf(outcomes);
  });

  it('lets a lone job wait for company where a delay is set, and not when the call is full', async () => {
    const bench = new SchedulerBench({ batchDelayMs: 5, rowsMax: 4 });
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    assert.equal(bench.calls.length, 0);
    await bench.clock.advance(3);
    bench.submit(lane, { rows: 2 });
    await settleMicrotasks();
    assert.equal(bench.calls.length, 0);
    await bench.clock.advance(2);
    await settleMicrotasks();
    assert.deepEqual(
      bench.calls.map(({ rows }) => rows),
      [3],
    );
    await bench.calls[0]?.end();
    bench.submit(lane, { rows: 4 });
    await settleMicrotasks();
    assert.equal(bench.calls.length, 2);
  });

  it('does not wait for company where the budget does not allow it', async () => {
    const bench = new SchedulerBench({ batchDelayMs: 100 });
    const lane = bench.open(1);
    bench.submit(lane, { budgetMs: 30 });
    await bench.clock.advance(15);
    await settleMicrotasks();
    assert.equal(bench.calls.length, 1);
  });

  it('settles what waits when its deadline comes, whatever holds the slots', async () => {
    const bench = new SchedulerBench();
    const [first, second, third] = [1, 2, 3].map((version) => bench.open(version));
    assert(first && second && third);
    for (const lane of [first, second]) bench.submit(lane, { budgetMs: 60_000 });
    await settleMicrotasks();
    const patient = bench.submit(third, { budgetMs: 5_000 });
    const hasty = bench.submit(third, { budgetMs: 50 });
    await settleMicrotasks();
    await bench.clock.advance(50);
    await settleMicrotasks();
    assert.equal(reasonOf(hasty), 'DEADLINE_EXCEEDED / DEADLINE_PASSED');
    assert.equal(patient.length, 0);
    await bench.clock.advance(4_950);
    await settleMicrotasks();
    assert.equal(reasonOf(patient), 'DEADLINE_EXCEEDED / DEADLINE_PASSED');
    assert.equal(third.counts.expiredRows, 2);
    assert.equal(third.isIdle, true);
  });

  it('refuses at once what no slot will be free for in time', async () => {
    const bench = new SchedulerBench();
    const slow = await taught(bench, 500);
    const [other, fast] = [bench.open(2), bench.open(3)];
    bench.submit(slow, { budgetMs: 10_000 });
    bench.submit(other, { budgetMs: 10_000 });
    await settleMicrotasks();
    // Nobody knows how long the other one takes: it may be back at any moment.
    assert.equal(bench.submit(fast, { budgetMs: 50 }).length, 0);
    await bench.calls[1]?.end();
    await bench.calls[2]?.end();
    bench.submit(slow, { budgetMs: 10_000 });
    await settleMicrotasks();
    assert.equal(bench.submit(fast, { budgetMs: 50 }).length, 0);
  });

  it('runs nothing for callers that gave up while their jobs waited', async () => {
    const bench = new SchedulerBench();
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const caller = { isCancelled: false };
    const given = bench.submit(lane, { first: 3, rows: 2, caller });
    const kept = bench.submit(lane, { first: 7 });
    caller.isCancelled = true;
    await bench.calls[0]?.end();
    await bench.calls[1]?.end();
    assert.equal(reasonOf(given), 'CANCELLED / CALL_CANCELLED');
    assert.deepEqual(outputsOf(kept), [7]);
    assert.equal(bench.calls[1]?.rows, 1);
    assert.deepEqual([lane.counts.cancelledRows, lane.counts.rows], [2, 2]);
  });

  it('makes room in a full queue with what nobody waits for', async () => {
    const bench = new SchedulerBench({ queueRowsMax: 4 });
    const lane = bench.open(1);
    bench.submit(lane);
    await settleMicrotasks();
    const caller = { isCancelled: false };
    const given = [0, 1, 2, 3].map(() => bench.submit(lane, { caller }));
    assert.equal(reasonOf(bench.submit(lane)), 'RESOURCE_EXHAUSTED / QUEUE_FULL');
    caller.isCancelled = true;
    await bench.clock.advance(20);
    const next = bench.submit(lane, { first: 5 });
    for (const each of given) assert.equal(reasonOf(each), 'CANCELLED / CALL_CANCELLED');
    await bench.calls[0]?.end();
    await bench.calls[1]?.end();
    assert.deepEqual(outputsOf(next), [5]);
    assert.equal(bench.calls.length, 2);
  });
});
