import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { meshContracts } from '../../services/router/adapters/mesh-contracts.ts';
import { assign, type CohortPolicy } from '../../services/router/core/cohort.ts';
import { defaultRamp } from '../../services/shared/kernel/ramp-policy.ts';
import { eventually } from '../support/eventually.ts';
import { type CommandRun, mlmeshBeside } from '../support/mesh-process.ts';
import { startMs } from '../support/small-flights/ask-flight.ts';
import { mesh as definition } from '../support/small-flights/mesh.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
const [production, canary] = [2, 3];
/** Routes that callers ask about; at 1 % some three of them are the canary's. */
const routes = 300;
const callers = 3;

let mesh: SmallFlights;
let cohorts: CohortPolicy;
before(async () => {
  process.env['MLMESH_SMALL_FLIGHTS_BUDGET'] = '250ms';
  process.env['MLMESH_SMALL_FLIGHTS_ROLLBACK'] = 'off';
  mesh = await startSmallFlights();
  const contract = meshContracts(definition).get(model);
  assert.ok(contract);
  assert.deepEqual(contract.joinKeys, ['origin', 'destination']);
  cohorts = contract.policy.cohorts;
});
after(() => mesh[Symbol.asyncDispose]());

const run = (...args: readonly string[]): Promise<CommandRun> =>
  mlmeshBeside(...args, '--data', mesh.data, '--json');

async function done(...args: readonly string[]): Promise<CommandRun> {
  const ran = await run(...args);
  assert.equal(ran.status, 0, ran.stderr);
  return ran;
}

const keysOf = (route: number) => [`O${route % 17}`, `D${route}`] as const;

/** An answer, and when it was asked for and there, epoch ms. */
interface Answer {
  readonly route: number;
  readonly role: string;
  readonly tier: string;
  readonly version: number;
  readonly predictionId: string;
  readonly askedMs: number;
  readonly answeredMs: number;
}

async function ask(route: number): Promise<Answer> {
  const [origin, destination] = keysOf(route);
  const timeMs = startMs + 3_600_000;
  const askedMs = Date.now();
  const answer = await mesh.services.router.predict({
    model,
    entities: { origin, destination },
    requestFeatures: { date: { timeMs }, distance: { number: 1_745 } },
    atMs: timeMs,
  });
  const { role, tier, version, predictionId } = answer;
  return { route, role, tier, version, predictionId, askedMs, answeredMs: Date.now() };
}

/** Asks about all routes, over and over, until it is stopped. */
class RouteLoad implements AsyncDisposable {
  readonly answers: Answer[] = [];
  readonly failures: string[] = [];
  #isOver = false;
  readonly #calling = Array.from({ length: callers }, (_, caller) => this.#call(caller));

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#calling);
  }

  /** Answers that were asked for and given within [from, until]. */
  within(fromMs: number, untilMs: number): readonly Answer[] {
    return this.answers.filter(
      ({ askedMs, answeredMs }) => askedMs >= fromMs && answeredMs <= untilMs,
    );
  }

  async #call(caller: number): Promise<void> {
    for (let route = caller; !this.#isOver; route = (route + callers) % routes) {
      await ask(route).then(
        (answer) => this.answers.push(answer),
        (error: unknown) => this.failures.push(String(error)),
      );
      await delay(2);
    }
  }
}

async function routing() {
  const { models } = await mesh.services.router.getRouting({ model });
  return models[0] ?? assert.fail();
}

async function untilShare(share: number): Promise<void> {
  await eventually(
    `the router gives ${share}`,
    async () => (await routing()).canaryShare === share,
  );
}

/** Who answers a route by the very function of the router, for a share that was told. */
function expected(route: number, share: number) {
  const to = {
    model,
    productionVersion: production,
    previousVersion: 0,
    canaryVersion: canary,
    canaryShare: share,
  };
  return assign(cohorts, to, keysOf(route));
}

/** Each answer of a window is by whom the assignment says; gives the routes that the canary had. */
function treatedIn(answers: readonly Answer[], share: number): ReadonlySet<number> {
  const treated = new Set<number>();
  let byModel = 0;
  for (const { route, role, tier, version } of answers) {
    const wanted = expected(route, share);
    assert.equal(role, `ROLE_${wanted.role}`, `route ${route} at ${share}`);
    if (tier === 'TIER_MODEL') assert.equal(version, wanted.version);
    byModel += Number(tier === 'TIER_MODEL');
    if (role === 'ROLE_CANARY') treated.add(route);
  }
  assert.ok(byModel > answers.length / 2, `${byModel} of ${answers.length} by the model`);
  return treated;
}

describe('a canary', () => {
  it('is not let before callers without its checklist', async () => {
    const refused = await run(
      ...['models', 'promote', model, String(canary), '--alias', 'canary', '--reason', 'r'],
    );
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /CHECKLIST_INCOMPLETE/);
    assert.equal((await routing()).canaryVersion, 0);
  });

  it('is ramped from 1 to 100 % under load: each answer is by whom the assignment says, nobody leaves it, no call fails', async () => {
    await using load = new RouteLoad();
    const why = ['--force', '--reason', 'a test'];
    await done('models', 'promote', model, String(canary), '--alias', 'canary', ...why);
    let before: ReadonlySet<number> = new Set();
    for (const [step, share] of defaultRamp.steps.entries()) {
      if (step > 0) {
        await done('traffic', 'ramp', model, '--advance', '--reason', `step ${step}`);
      }
      await untilShare(share);
      const fromMs = Date.now();
      await eventually(
        'every route was asked',
        () => new Set(load.within(fromMs, Date.now()).map(({ route }) => route)).size === routes,
        30_000,
      );
      const treated = treatedIn(load.within(fromMs, Date.now()), share);
      assert.ok(
        [...before].every((route) => treated.has(route)),
        `somebody left at ${share}`,
      );
      assert.ok(treated.size >= before.size);
      before = treated;
      await delay(Math.max(0, fromMs + 1_100 - Date.now()));
    }
    assert.equal(before.size, routes);
    const complete = await run('traffic', 'ramp', model, '--advance', '--reason', 'r');
    assert.equal(complete.status, 1);
    assert.match(complete.stderr, /RAMP_COMPLETE/);

    await done('traffic', 'ramp', model, '--to', '0%', '--reason', 'enough');
    await untilShare(0);
    const fromMs = Date.now();
    await done('traffic', 'ramp', model, '--advance', '--reason', 'again');
    // Within the hold of the step, whatever the machine does: the first one has just begun.
    await done('traffic', 'ramp', model, '--hold', '--reason', 'look');
    const held = await run('traffic', 'ramp', model, '--advance', '--reason', 'r');
    assert.match(held.stderr, /RAMP_HELD/);
    await load[Symbol.asyncDispose]();
    assert.deepEqual(load.failures, []);
    const roles = new Set(load.within(fromMs, Date.now()).map(({ role }) => role));
    assert.ok(roles.has('ROLE_PRODUCTION'));
    const { stdout } = await done('traffic', model);
    const sheet = JSON.parse(stdout) as {
      readonly models: readonly {
        readonly ramp: { readonly share: number; readonly isHeld: boolean };
        readonly roles: readonly { readonly role: string; readonly share: number }[];
      }[];
    };
    assert.deepEqual([sheet.models[0]?.ramp.share, sheet.models[0]?.ramp.isHeld], [0.01, true]);
    assert.deepEqual(
      sheet.models[0]?.roles.map(({ role, share }) => [role, share]),
      [
        ['production', 0.99],
        ['canary', 0.01],
        ['shadow', 1],
      ],
    );
  });

  it('leaves no shadow a request, within a second, once shadows are off, and goes on when they are on', async () => {
    const { registry, monitor } = mesh.services;
    const shadowsOf = async (predictionId: string) => {
      let shadows: readonly number[] | undefined;
      await eventually('it is logged', async () => {
        const { prediction } = await monitor
          .getPrediction({ predictionId })
          .catch(() => ({ prediction: null }));
        shadows = prediction?.shadowVersions;
        return prediction !== null;
      });
      return shadows;
    };
    const route = Array.from({ length: routes }, (_, index) => index).find(
      (index) => expected(index, 0.01).role === 'PRODUCTION',
    );
    assert.ok(route !== undefined);
    assert.deepEqual(await shadowsOf((await ask(route)).predictionId), [canary]);
    const fromMs = Date.now();
    const steer = { model, expectedGeneration: -1, reason: 'r' };
    await registry.setTraffic({ ...steer, isShadowPaused: true });
    await eventually('it is off', async () => (await routing()).isShadowPaused, 1_000);
    const tookMs = Date.now() - fromMs;
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    for (let each = 0; each < 5; each += 1) {
      assert.deepEqual(await shadowsOf((await ask(route)).predictionId), []);
    }
    const status = await mlmeshBeside('status', '--data', mesh.data);
    assert.match(status.stdout, /canary version 3 at 1.0 %, held, shadows paused/);
    await done('traffic', 'shadows', model, '--on', '--reason', 'r');
    await eventually('it is on', async () => !(await routing()).isShadowPaused);
    assert.deepEqual(await shadowsOf((await ask(route)).predictionId), [canary]);
  });

  it('has the version that it replaces as its shadow, once it is promoted, so that the way back is proved', async () => {
    const why = ['--force', '--reason', 'a test'];
    await done('models', 'promote', model, String(canary), ...why);
    await eventually('it answers', async () => {
      const { productionVersion, reverseShadowVersion } = await routing();
      return productionVersion === canary && reverseShadowVersion === production;
    });
    const { monitor } = mesh.services;
    const asked: string[] = [];
    // A tenth of the requests by the policy: that none of 200 is among them has a chance of 1e-9.
    for (let each = 0; each < 200; each += 1) {
      const { predictionId, tier, version } = await ask(each);
      if (tier === 'TIER_MODEL') assert.equal(version, canary);
      asked.push(predictionId);
    }
    await eventually('the reverse shadow has answered', async () => {
      const pairs = await Promise.all(
        asked.map((predictionId) => monitor.getPrediction({ predictionId }).catch(() => undefined)),
      );
      const isReverse = pairs.flatMap((pair) => pair?.shadowAnswers ?? []);
      return isReverse.some(({ version, result }) => version === production && result === 'score');
    });
    const { stdout } = await mlmeshBeside('models', 'history', model, '--data', mesh.data);
    assert.match(stdout, /forced flight-delay canary -> 3, without parity/);
    assert.match(stdout, /steered traffic of flight-delay to canary version 3 at 5.0 %: step 1/);
    assert.match(stdout, /to canary version 3 at 1.0 %, held: look/);
    assert.match(stdout, /to no canary: a test/);
    await done('models', 'rollback', model, '--reason', 'a test');
    await eventually('it is back', async () => (await routing()).productionVersion === production);
    assert.equal((await routing()).reverseShadowVersion, 0);
  });
});
