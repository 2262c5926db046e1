import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../../test/support/eventually.ts';
import { temporaryFolder } from '../../../test/support/fake-mesh.ts';
import { RunningMonitor } from '../../../test/support/running-monitor.ts';
import type { LoggedPrediction } from '../../gen/mlmesh/monitor/v1/LoggedPrediction.ts';
import type { Outcome } from '../../gen/mlmesh/monitor/v1/Outcome.ts';
import { seededRandom } from '../../shared/kernel/random.ts';

const model = 'late';
const meshModule = fileURLToPath(new URL('../../../test/support/control-mesh.js', import.meta.url));
const within = 90_000;
const batch = 1_000;

/** How answers of a stretch of time come out. */
interface Stretch {
  readonly version: number;
  readonly answers: number;
  readonly latencyMs: number;
  /** What a request of the model cohort brings on average, where control brings 1. */
  readonly value: number;
}

/** Traffic of a model, a fifth of whose entities are in the control cohort; each answer about an entity of its own. */
class Traffic {
  readonly #random = seededRandom(1);
  #number = 0;

  of({ version, answers, latencyMs, value }: Stretch) {
    const predictions: LoggedPrediction[] = [];
    const outcomes: Outcome[] = [];
    for (let index = 0; index < answers; index += 1) {
      const isControl = this.#random.next() < 0.2;
      const score = this.#random.next();
      const prediction = this.#prediction(isControl ? 0 : version, score);
      predictions.push({ ...prediction, latencyMs: isControl ? 5 : latencyMs });
      // Odds as the score says: the model is calibrated.
      const label = this.#random.next() < score ? 1 : 0;
      const businessValue = (isControl ? 1 : value) + this.#random.next() - 0.5;
      outcomes.push({ predictionId: prediction.predictionId ?? '', label, businessValue });
    }
    return { predictions, outcomes };
  }

  #prediction(version: number, score: number): LoggedPrediction {
    this.#number += 1;
    return {
      predictionId: `0123456789abcdef-${this.#number.toString(16).padStart(12, '0')}`,
      ...{ model, score, version, assignedVersion: version },
      tier: version === 0 ? 'TIER_RULES' : 'TIER_MODEL',
      role: version === 0 ? 'ROLE_CONTROL' : 'ROLE_PRODUCTION',
      keys: [`E${this.#number}`, this.#number % 2 === 0 ? 'even' : 'odd'],
      atMs: 1_000_000 + this.#number * 1_000,
    };
  }
}

describe('outcomes in a running monitor', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let traffic: Traffic;
  beforeEach(() => {
    folder = temporaryFolder();
    traffic = new Traffic();
  });
  afterEach(async () => {
    for (const monitor of running.splice(0)) await monitor.kill();
    folder[Symbol.dispose]();
  });

  const running: RunningMonitor[] = [];
  const start = async () => {
    const monitor = await RunningMonitor.start({ folder: folder.path, meshModule });
    running.push(monitor);
    return monitor;
  };
  const serve = async (monitor: RunningMonitor, stretch: Stretch) => {
    const { predictions, outcomes } = traffic.of(stretch);
    for (let from = 0; from < predictions.length; from += batch) {
      await monitor.log({ predictions: predictions.slice(from, from + batch) });
      await monitor.client.recordOutcomes({ outcomes: outcomes.slice(from, from + batch) });
    }
    return { predictions, outcomes };
  };
  const liftAlerts = async ({ client }: RunningMonitor) =>
    (await client.listAlerts({})).alerts.filter(({ rule }) => rule === 'business-lift');

  it('tell that a version brings less because latency rose tenfold though it orders outcomes as well as before, over a kill', async () => {
    const first = await start();
    await serve(first, { version: 1, answers: 900, latencyMs: 20, value: 1 });
    const usual = await first.client.getLift({ model });
    assert.deepEqual([usual.version, usual.verdict], [1, 'LIFT_VERDICT_UNDECIDED']);
    assert.ok(usual.lower < 0 && usual.upper > 0 && Math.abs(usual.lift) < 0.1);
    assert.equal((await liftAlerts(first)).length, 0);
    await serve(first, { version: 2, answers: 2_000, latencyMs: 200, value: 0.8 });
    await eventually('it is told', async () => (await liftAlerts(first)).length > 0, within);
    const [alert] = await liftAlerts(first);
    assert.equal(alert?.severity, 'SEVERITY_PAGE');
    assert.match(alert?.message ?? '', /version 2 brings less than control: -0\.[12]\d+ a request/);
    assert.match(
      alert?.message ?? '',
      /Latency rose tenfold, median (19|20|21) ms before it to (19|20|21)\d ms/,
    );
    assert.match(
      alert?.message ?? '',
      /the model itself is as good as before, AUC 0\.\d+ to 0\.\d+/,
    );
    const lift = await first.client.getLift({ model });
    assert.equal(lift.verdict, 'LIFT_VERDICT_WORSE');
    assert.ok(lift.upper < 0 && lift.harmPValue < 0.05, `${lift.upper} ${lift.harmPValue}`);
    const { modelCohort, controlCohort, before } = lift;
    assert.equal((modelCohort?.labelled ?? 0) + (controlCohort?.labelled ?? 0) <= 2_000, true);
    assert.ok((before?.answers ?? 0) > 600);
    await first.kill();
    const second = await start();
    const again = await second.client.getLift({ model });
    assert.deepEqual({ ...again, asOfMs: lift.asOfMs }, lift);
    const latest = await second.client.getLift({ model, isLatestEnough: true });
    assert.deepEqual({ ...latest, asOfMs: lift.asOfMs }, lift);
    const before1 = await second.client.getLift({ model, version: 1 });
    assert.ok(Math.abs(before1.lift) < 0.1, `${before1.lift}`);
  });

  it('measure quality by outcomes, in all and by segment, and say when too few have come', async () => {
    const monitor = await start();
    const { outcomes } = await serve(monitor, {
      version: 3,
      answers: 1_000,
      latencyMs: 5,
      value: 1,
    });
    const quality = await monitor.client.getQuality({ model });
    assert.deepEqual([quality.version, quality.isMature], [3, true]);
    const { all, segments } = quality;
    // Of scores that are uniform and right the area is 5 / 6.
    assert.ok(Math.abs((all?.auc ?? 0) - 5 / 6) < 0.05, `${all?.auc}`);
    assert.ok(Math.abs((all?.observedOverExpected ?? 0) - 1) < 0.12);
    assert.deepEqual(segments.map(({ key, value }) => `${key} ${value}`).sort(), [
      'kind even',
      'kind odd',
    ]);
    const inAll = segments.reduce((sum, { figures }) => sum + (figures?.rows ?? 0), 0);
    assert.equal(inAll, all?.rows);
    // Answers whose outcomes do not come.
    await monitor.log({
      predictions: traffic.of({ version: 3, answers: 400, latencyMs: 5, value: 1 }).predictions,
    });
    await monitor.log({
      predictions: traffic.of({ version: 3, answers: 100, latencyMs: 5, value: 1 }).predictions,
    });
    const { isMature, due, dueLabelled } = await monitor.client.getQuality({ model });
    assert.equal(isMature, false);
    assert.ok(due > dueLabelled && dueLabelled > 700, `${due} ${dueLabelled}`);
    const few = await monitor.client.getQuality({ model, labelledMax: 500 });
    assert.equal(few.all?.rows, 500);
    await assert.rejects(monitor.client.getQuality({ model, labelledMax: 50_001 }), {
      reason: 'INVALID_FIELD',
    });
    await assert.rejects(monitor.client.getLift({ model: 'none' }), { reason: 'MODEL_UNKNOWN' });
    const [{ predictionId = '' } = {}] = outcomes;
    const wrong = { outcomes: [{ predictionId, label: 1, businessValue: Number.NaN }] };
    await assert.rejects(monitor.client.recordOutcomes(wrong), { reason: 'OUTCOME_INVALID' });
  });
});
