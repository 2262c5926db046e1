import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOf } from '../../../test/support/model-facts.ts';
import { monitoringPlan } from '../../shared/definition/monitoring-policy.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import type { PredictionStore, StoredPrediction } from '../ports.ts';
import { businessEvidence } from './business-evidence.ts';
import { readLift } from './read-lift.ts';

const facts = factsOf({ plan: monitoringPlan({ lift: { requestsPlanned: 2_000 } }) });
const clock = {
  monotonic: () => monotonicMs(0),
  epoch: () => epochMs(0),
  sleep: () => Promise.resolve(),
};
const { signal } = new AbortController();

/** Traffic of a stretch of time: which versions were to answer, by share, and what a request of each brings where control brings 1. */
interface Stretch {
  readonly answers: number;
  readonly production: number;
  readonly canary?: number;
  readonly value: (version: number) => number;
}

/** A log that is written by stretches; a fifth of the entities are of control, and another fifth of a canary. */
class FakeLog implements Pick<PredictionStore, 'newest' | 'outcome'> {
  readonly #predictions: StoredPrediction[] = [];
  readonly #values = new Map<string, number>();
  readonly #random = seededRandom(3);

  add({ answers, production, canary = 0, value }: Stretch): void {
    for (let index = 0; index < answers; index += 1) {
      const entity = Math.floor(this.#random.next() * 400);
      const role = roleOf(entity, canary);
      const isControl = role === 'ROLE_CONTROL';
      const version = isControl ? 0 : role === 'ROLE_CANARY' ? canary : production;
      const predictionId = `r-${this.#predictions.length}`;
      this.#values.set(predictionId, (isControl ? 1 : value(version)) + this.#random.next() - 0.5);
      this.#predictions.push({
        ...{ predictionId, version, assignedVersion: version, model: 'm', score: 0.5 },
        ...{ role, tier: isControl ? 'TIER_RULES' : 'TIER_MODEL' },
        keys: [`e${entity}`],
        ...{ stamp: null, values: none, statuses: none, requestValues: none, traceId: '' },
        ...{ latencyMs: 5, modelMs: 4, modelBudgetMs: 45, skippedReason: '', shadowVersions: [] },
        ...{ atMs: this.#predictions.length, receivedAtMs: this.#predictions.length, intake: 1 },
      });
    }
  }

  newest() {
    return this.#predictions.toReversed();
  }

  outcome(predictionId: string) {
    const businessValue = this.#values.get(predictionId) ?? 0;
    return { predictionId, label: 1, observedAtMs: 1, businessValue };
  }

  read(version: number) {
    return readLift({ store: this, clock }, facts, version, signal);
  }
}

const none = Buffer.alloc(0);

function roleOf(entity: number, canary: number) {
  if (entity % 5 === 0) return 'ROLE_CONTROL';
  return canary > 0 && entity % 5 === 1 ? 'ROLE_CANARY' : 'ROLE_PRODUCTION';
}

describe('readLift', () => {
  it('compares a version, and the one that answered before it, each with the control of its own time', async () => {
    const log = new FakeLog();
    log.add({ answers: 500, production: 1, value: () => 3 });
    log.add({ answers: 2_000, production: 2, value: () => 1.2 });
    log.add({ answers: 2_000, production: 3, value: () => 0.8 });
    const report = await log.read(0);
    assert.deepEqual([report.version, report.beforeVersion], [3, 2]);
    assert.ok(Math.abs((report.estimate?.mean ?? 0) + 0.2) < 0.05, `${report.estimate?.mean}`);
    assert.ok(Math.abs((report.beforeEstimate?.mean ?? 0) - 0.2) < 0.05);
    // What control got between the last answer of the one before and the first of its own is of neither.
    assert.ok(report.model.answers + report.control.answers > 1_980);
    const older = await log.read(2);
    assert.deepEqual([older.version, older.beforeVersion], [2, 1]);
    assert.ok(Math.abs((older.beforeEstimate?.mean ?? 0) - 2) < 0.1);
  });

  it('compares a canary with all of the control of its time, and with production beside it', async () => {
    const log = new FakeLog();
    const value = (version: number) => (version === 3 ? 0.7 : 1.1);
    log.add({ answers: 4_000, production: 2, canary: 3, value });
    const report = await log.read(3);
    assert.equal(report.beforeVersion, 2);
    assert.ok(report.control.answers > 750, `${report.control.answers}`);
    assert.ok(Math.abs((report.estimate?.mean ?? 0) + 0.3) < 0.06, `${report.estimate?.mean}`);
    assert.ok(Math.abs((report.beforeEstimate?.mean ?? 0) - 0.1) < 0.06);
  });

  it('says how much it looked at, and that older answers are left out where the log is longer', async () => {
    const log = new FakeLog();
    log.add({ answers: 100, production: 2, value: () => 1 });
    const short = await log.read(0);
    assert.deepEqual([short.scanned, short.isCut], [100, false]);
    const [one] = log.newest();
    assert.ok(one);
    const long = {
      ...log,
      *newest() {
        for (let index = 0; index <= 500_000; index += 1) yield { ...one, model: 'other' };
      },
      outcome: () => undefined,
    };
    const cut = await readLift({ store: long, clock }, facts, 0, signal);
    assert.deepEqual([cut.scanned, cut.isCut, cut.version], [500_000, true, 0]);
  });
});

describe('businessEvidence', () => {
  const guarded = { version: 3, previousVersion: 2 };
  const logOf = async (answers: number) => {
    const log = new FakeLog();
    log.add({ answers, production: 2, value: () => 1 });
    log.add({ answers, production: 3, value: () => 0.8 });
    return log.read(0);
  };

  it('tells a guard of both versions and of what goes with a loss', async () => {
    const report = await logOf(2_000);
    const found = businessEvidence(report, facts, guarded);
    assert.ok(found?.before);
    assert.ok(found.lift.mean < -0.1 && Math.abs(found.before.mean) < 0.05);
    assert.match(found.explanation, /^latency and tiers are as before it/);
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    const alone = businessEvidence(report, { ...facts, controlServes: 'previous' }, guarded);
    assert.deepEqual([alone?.lift, alone?.before], [found.lift, undefined]);
  });

  it('tells nothing of another version, of another one before it, of a few answers or without a report', async () => {
    const report = await logOf(2_000);
    assert.equal(businessEvidence(report, facts, { ...guarded, version: 4 }), undefined);
    assert.equal(businessEvidence(report, facts, { ...guarded, previousVersion: 1 }), undefined);
    assert.equal(businessEvidence(await logOf(300), facts, guarded), undefined);
    assert.equal(businessEvidence(undefined, facts, guarded), undefined);
  });
});
