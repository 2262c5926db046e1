import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { factsOf } from '../../../test/support/model-facts.ts';
import type { StoredPrediction } from '../ports.ts';
import { LiftDesk } from './lift-desk.ts';
import { OutcomeLoop } from './outcome-loop.ts';

const facts = factsOf();
const { signal } = new AbortController();
const none = Buffer.alloc(0);
const answer: StoredPrediction = {
  ...{ predictionId: 'r-1', version: 2, assignedVersion: 2, model: 'm', score: 0.5 },
  ...{ role: 'ROLE_PRODUCTION', tier: 'TIER_MODEL', keys: ['e'], stamp: null, traceId: '' },
  ...{ values: none, statuses: none, requestValues: none, skippedReason: '', shadowVersions: [] },
  ...{ latencyMs: 5, modelMs: 4, modelBudgetMs: 45, atMs: 1, receivedAtMs: 1, intake: 1 },
};

/** A log that counts how often it was read, and takes its time for it. */
class CountingLog {
  readonly clock = new ManualClock();
  readonly #readMs: number;
  answers: readonly StoredPrediction[] = [answer];
  reads = 0;

  constructor(readMs: number) {
    this.#readMs = readMs;
  }

  *newest() {
    this.reads += 1;
    void this.clock.advance(this.#readMs);
    yield* this.answers;
  }

  outcome() {
    return { predictionId: 'r-1', label: 1, observedAtMs: 1, businessValue: 1 };
  }
}

function deskOf(log: CountingLog, servingVersion: () => number | undefined = () => 2) {
  return new LiftDesk({ store: log, clock: log.clock, servingVersion });
}

describe('LiftDesk', () => {
  it('does not read the log for a second question, and says when it was read', async () => {
    const log = new CountingLog(1_000);
    const desk = deskOf(log);
    const startedAtMs = log.clock.epoch();
    const first = await desk.newest(facts, signal);
    log.answers = [answer, answer];
    await log.clock.advance(190_000);
    const second = await desk.newest(facts, signal);
    assert.deepEqual([log.reads, second.asOfMs, second.model.answers], [1, startedAtMs, 1]);
    assert.equal(second, first);
    // Old for what it took: a 200th of the time goes into looks that nobody but the asker wants.
    await log.clock.advance(10_000);
    assert.equal((await desk.newest(facts, signal)).model.answers, 2);
    assert.equal(log.reads, 2);
  });

  it('answers out of the newest look of the loop that judges outcomes', async () => {
    const log = new CountingLog(1_000);
    const desk = deskOf(log);
    let outcomes = 1;
    const loop = new OutcomeLoop({
      ...{ store: log, clock: log.clock, lifts: desk, facts: new Map([['m', facts]]) },
      ...{ outcomesOf: () => outcomes, servingVersion: () => undefined },
      onError: (error) => assert.fail(String(error)),
    });
    await loop.start();
    await eventually('it looks', () => Promise.resolve(loop.latest().size === 1));
    assert.equal(await desk.newest(facts, signal), loop.latest().get('m'));
    assert.equal(log.reads, 1);
    log.answers = [answer, answer, answer];
    outcomes = 2;
    await eventually('it looks again', async () => {
      await log.clock.advance(1_000);
      return loop.latest().get('m')?.model.answers === 3;
    });
    assert.equal((await desk.newest(facts, signal)).model.answers, 3);
    assert.equal(log.reads, 2);
    await loop.stop();
  });

  it('reads nothing of a model without a control cohort, and names the version that serves', async () => {
    const log = new CountingLog(1_000);
    const found = await deskOf(log).newest({ ...facts, controlShare: 0 }, signal);
    assert.deepEqual([log.reads, found.version, found.scanned], [0, 2, 0]);
    assert.deepEqual([found.finding.verdict, found.control.answers], ['undecided', 0]);
    const unknown = deskOf(log, () => undefined);
    assert.equal((await unknown.newest({ ...facts, controlShare: 0 }, signal)).version, 0);
  });

  it('takes a real look at whatever it is asked for by name, with a control cohort or without', async () => {
    const log = new CountingLog(1_000);
    const desk = deskOf(log);
    const earlier = { ...answer, version: 1, assignedVersion: 1 };
    log.answers = [answer, earlier, earlier];
    await desk.newest(facts, signal);
    assert.equal((await desk.lookAt(1, facts, signal)).model.answers, 2);
    assert.equal((await desk.lookAt(0, { ...facts, controlShare: 0 }, signal)).model.answers, 1);
    assert.equal(log.reads, 3);
    // What is kept is of the newest version still.
    assert.equal((await desk.newest(facts, signal)).version, 2);
  });

  it('takes one look for all that ask at a time, and another where the one who looks gives up', async () => {
    const log = new CountingLog(0);
    const desk = deskOf(log);
    const [one, two] = await Promise.all([desk.newest(facts, signal), desk.newest(facts, signal)]);
    assert.equal(one, two);
    assert.equal(log.reads, 1);
    await log.clock.advance(10_000);
    const gone = new AbortController();
    // 500 answers are a turn, and whoever is gone is told so at its end.
    log.answers = new Array(500).fill(answer);
    const leaving = desk.newest(facts, gone.signal);
    const staying = desk.newest(facts, signal);
    gone.abort(new Error('the caller left'));
    await assert.rejects(leaving, /the caller left/);
    await eventually('it is answered', async () => {
      await log.clock.advance(1);
      return log.reads === 3;
    });
    await log.clock.advance(1);
    assert.equal((await staying).model.answers, 500);
  });
});
