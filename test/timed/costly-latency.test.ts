import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PredictInput } from '../../services/client/index.ts';
import { seededRandom } from '../../services/shared/kernel/random.ts';
import { eventually } from '../support/eventually.ts';
import { harmfulHours } from '../support/harmful-model.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { startMs } from '../support/small-flights/ask-flight.ts';
import { type LoadAnswer, PredictionLoad } from '../support/small-flights/prediction-load.ts';
import { promoteHarmful } from '../support/small-flights/promote-harmful.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** Routes that callers ask about; the rules answer some 80 of them. */
const routes = 400;
const within = 180_000;
const soundHour = 1;
const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;

let mesh: SmallFlights;
let load: PredictionLoad;
let outcomes: ConversionLoad;
/** Some 200 ms of products on a core that does nothing else. */
const products = 4_000;
/** Hour of the flights that callers ask about. */
let hour = soundHour;
let asked = 0;

function ask(): PredictInput {
  asked += 1;
  const route = asked % routes;
  const date = new Date(startMs + hour * 3_600_000);
  const entities = { origin: `O${route % 17}`, destination: `D${route}` };
  // Flights differ, so that the model orders them.
  const distance = 200 + ((asked * 37) % 2_300);
  return { entities, features: { date, distance }, at: date };
}

/** Tells what came of each answer: a caller who gets what the model says buys, and one in seven of those whom it has left does not. */
class ConversionLoad {
  /** Whether labels have nothing to do with the answers any more. */
  isShuffled = false;
  readonly #random = seededRandom(11);
  /** Scores of late, by which the highest quarter comes true. */
  readonly #scores: number[] = [];
  readonly #running: Promise<void>;
  #isOver = false;

  constructor() {
    this.#running = this.#record();
  }

  stop(): Promise<void> {
    this.#isOver = true;
    return this.#running;
  }

  async #record(): Promise<void> {
    for (let next = 0; !this.#isOver; ) {
      const answers = load.answers.slice(next, next + 500);
      next += answers.length;
      if (answers.length > 0) await mesh.client.recordOutcomes(answers.map((one) => this.#of(one)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #labelOf(score: number): number {
    if (this.isShuffled) return this.#random.next() < 0.25 ? 1 : 0;
    this.#scores.push(score);
    if (this.#scores.length > 400) this.#scores.shift();
    const below = this.#scores.filter((other) => other < score).length;
    return below >= 0.75 * this.#scores.length ? 1 : 0;
  }

  #of({ prediction }: LoadAnswer) {
    const { predictionId, score, tier, role } = prediction;
    const isLeft = tier !== 'model' && role !== 'control';
    const noise = 0.4 * (this.#random.next() - 0.5);
    return {
      predictionId,
      label: this.#labelOf(score),
      businessValue: (isLeft ? 0.85 : 1) + noise,
    };
  }
}

async function run(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await mlmeshBeside(...args, '--data', mesh.data);
  assert.equal(status, 0, stderr);
  return stdout;
}

const alertOf = async (rule: string) =>
  (await mesh.services.monitor.listAlerts({})).alerts.find((alert) => alert.rule === rule);
const lossAlert = () => alertOf('business-lift');

describe('a version that was fine offline and takes ten times as long online', {
  skip: !isLong,
}, () => {
  before(async () => {
    process.env['MLMESH_SMALL_FLIGHTS_LIFT'] = 'on';
    mesh = await startSmallFlights();
    load = new PredictionLoad(mesh.client, ask);
    outcomes = new ConversionLoad();
  });
  after(async () => {
    await outcomes.stop();
    await load.stop();
    await mesh[Symbol.asyncDispose]();
    delete process.env['MLMESH_SMALL_FLIGHTS_LIFT'];
  });

  it('is named in one alert that says what it costs, why, and what to do', async (t) => {
    const liftNow = () => mesh.services.monitor.getLift({ model });
    await eventually(
      'the lift of the sound version is measured',
      async () => ((await liftNow()).modelCohort?.labelled ?? 0) > 3_000,
      within,
    );
    assert.equal(await lossAlert(), undefined);
    assert.equal(await alertOf('quality-fall'), undefined);
    const harmful = await promoteHarmful({
      mesh,
      load,
      products,
      answersMin: 26,
      planting: 1,
      within,
    });
    hour = harmfulHours.slow;
    await eventually('it is told', async () => (await lossAlert()) !== undefined, within);
    const alert = await lossAlert();
    const message = alert?.message ?? '';
    t.diagnostic(message);
    assert.deepEqual([alert?.subject, alert?.severity], [`version ${harmful}`, 'SEVERITY_PAGE']);
    assert.match(
      message,
      /brings less than control: -0\.\d+ a request \(-0\.\d+ to -0\.\d+, right at every look/,
    );
    assert.match(message, /An inference takes \d+ ms, .* of the version before; latency /);
    const shares =
      /median \d.* before it to \d.* ms, and (\d+\.\d) % of its answers came from a lower tier, (\d+\.\d) % before it/;
    const [, degraded = '', degradedBefore = ''] = shares.exec(message) ?? assert.fail(message);
    assert.ok(Number(degraded) > Number(degradedBefore) + 20, message);
    assert.match(
      message,
      /its evaluation was as good as that of the version before, AUC 0\.\d+ to 0\./,
    );
    assert.match(message, /go back with `mlmesh models rollback flight-delay`/);
    assert.equal(alert?.runbook, 'deploy/runbooks/business-lift.md');
    const explained = await run('explain', alert?.id ?? '');
    t.diagnostic(explained);
    assert.match(explained, /a lift of -0\.\d+ \(-0\.\d+ to -0\.\d+\)/);
    const { isReproduced } = JSON.parse(await run('explain', alert?.id ?? '', '--json')) as {
      readonly isReproduced: boolean;
    };
    assert.equal(isReproduced, true);
    assert.match(await run('lift', model), /worse than control/);
    assert.deepEqual(load.failures, []);
  });

  it('is told to order outcomes worse than its evaluation once they have nothing to do with its answers', async (t) => {
    hour = soundHour;
    outcomes.isShuffled = true;
    await eventually(
      'it is told',
      async () => (await alertOf('quality-fall')) !== undefined,
      within,
    );
    const alert = await alertOf('quality-fall');
    t.diagnostic(alert?.message ?? '');
    assert.match(alert?.message ?? '', /AUC 0\.\d+, 0\.\d+, \d\.\d+ in its last 3 blocks of 1000/);
    const { isReproduced } = JSON.parse(await run('explain', alert?.id ?? '', '--json')) as {
      readonly isReproduced: boolean;
    };
    assert.equal(isReproduced, true);
  });
});
