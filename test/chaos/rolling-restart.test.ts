import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readAbilities } from '../../services/cli/restart/replica-abilities.ts';
import { checkHealth } from '../../services/cli/rpc/check-health.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';
import { SteadyLoad } from '../support/small-flights/steady-load.ts';

const model = 'flight-delay';
const neverAborts = new AbortController().signal;
const rounds = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1);
const perSecond = 100;
/** From the registry's commit on, so long may the version before answer. */
const effectMsMax = 1_000;
/** Share of questions that the routers may refuse as too much: on a quiet machine none is, on one that others share two cores stand still now and then. */
const refusedShareMax = 0.01;
/** Versions of the small mesh: of the aliases fallback, production and shadow. */
const [fallbackVersion, oldVersion, newVersion] = [1, 2, 3];

let mesh: SmallFlights;
let load: SteadyLoad;
before(async () => {
  mesh = await startSmallFlights({ replicas: 'router=2,prediction=2' });
  load = new SteadyLoad(mesh.client, perSecond);
});
after(async () => {
  await load.stop();
  await mesh[Symbol.asyncDispose]();
});

async function run(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await mlmeshBeside(...args, '--data', mesh.data, '--json');
  assert.equal(status, 0, stderr);
  return stdout;
}

/** A version that production points to from a time on, epoch ms. */
interface Move {
  readonly atMs: number;
  readonly version: number;
}

/** Gives the moves of production, as the registry has recorded them. */
async function movesOfProduction(): Promise<readonly Move[]> {
  const { events } = await mesh.services.registry.history({ model });
  return events.flatMap(({ atMs, aliasesMoved }) => {
    const moved = aliasesMoved?.aliases.find(({ alias }) => alias === 'production');
    return moved === undefined ? [] : [{ atMs, version: moved.version }];
  });
}

/** Gives the versions that may have answered between two times: what production pointed to then, and for a second after a move the one before. */
function rightVersions(moves: readonly Move[], askedMs: number, answeredMs: number) {
  const right = new Set<number>();
  for (const [index, { atMs, version }] of moves.entries()) {
    const endMs = (moves[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) + effectMsMax;
    if (atMs <= answeredMs && askedMs < endMs) right.add(version);
  }
  return right;
}

/** Asserts that nothing failed since a time and that each answer is of a version that was right then; says who answered. */
async function assertAllRight(sinceMs: number, t: TestContext): Promise<void> {
  const moves = await movesOfProduction();
  const answers = load.since(sinceMs);
  const tiers = new Map<string, number>();
  const reasons = new Map<string, number>();
  const wrong: string[] = [];
  for (const { prediction, askedMs, answeredMs } of answers) {
    const { tier, version } = prediction;
    tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
    for (const skipped of prediction.skipped) {
      const reason = `${skipped.tier} ${skipped.reason}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const isRight =
      tier === 'rules' ||
      (tier === 'fallback' && version === fallbackVersion) ||
      (tier === 'model' && rightVersions(moves, askedMs, answeredMs).has(version));
    if (!isRight) wrong.push(`${tier} ${version}, asked at ${askedMs}`);
  }
  const refused = load.refusedMs.filter((askedMs) => askedMs >= sinceMs).length;
  const slowest = Math.max(...answers.map(({ askedMs, answeredMs }) => answeredMs - askedMs));
  const shares = [...tiers].map(
    ([tier, count]) => `${tier} ${((100 * count) / answers.length).toFixed(1)} %`,
  );
  t.diagnostic(
    `${answers.length} answers, ${load.failures.length} failed, ${refused} refused: ${shares.join(', ')}; the slowest took ${slowest} ms; skipped: ${[...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ')}`,
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(load.failures, []);
  assert.ok(refused <= refusedShareMax * answers.length, `${refused} refused`);
}

/** Makes a version the shadow, and resolves when both prediction services have it: a move to one that is not warm waits for its load. */
async function warm(version: number): Promise<void> {
  const why = ['--force', '--reason', 'to be warm'];
  await run('models', 'promote', model, String(version), '--alias', 'shadow', ...why);
  const hosts = (address: string) =>
    readAbilities('prediction', address, { clock: systemClock }, neverAborts).then((abilities) =>
      abilities.get(`${model}/${version}`),
    );
  await eventually(
    `version ${version} is warm`,
    async () => {
      const hosted = await Promise.all(mesh.replicas.prediction.map(hosts));
      return hosted.every((isReady) => isReady === true);
    },
    30_000,
  );
}

const isServing = () =>
  checkHealth(mesh.replicas.prediction[1] ?? '', neverAborts).catch(() => false);

/** Resolves when the model gives most answers: on a machine that others share, it does not give all of them within its budget. */
async function untilModelAnswers(): Promise<void> {
  const sinceMs = Date.now();
  await eventually(
    'the model answers',
    () => {
      const last = load.since(sinceMs).slice(-50);
      const byModel = last.filter(({ prediction }) => prediction.tier === 'model');
      return last.length === 50 && byModel.length > 25;
    },
    60_000,
  );
}

describe('two routers and two prediction services under a steady load', {
  concurrency: false,
}, () => {
  for (let round = 1; round <= rounds; round += 1) {
    it(`promote and roll back without a failed or a wrong answer (round ${round})`, async (t) => {
      await warm(newVersion);
      await untilModelAnswers();
      const sinceMs = Date.now();
      const why = ['--force', '--reason', 'to be taken back'];
      await run('models', 'promote', model, String(newVersion), ...why);
      await delay(2 * effectMsMax);
      await run('models', 'rollback', model, '--reason', 'late answers');
      await delay(2 * effectMsMax);
      await assertAllRight(sinceMs, t);
      const byModel = load.since(sinceMs).filter(({ prediction }) => prediction.tier === 'model');
      const versions = new Set(byModel.map(({ prediction }) => prediction.version));
      assert.deepEqual(versions, new Set([oldVersion, newVersion]));
      assert.equal(byModel.at(-1)?.prediction.version, oldVersion);
    });

    it(`restart every service, replica by replica, without a failed answer (round ${round})`, async (t) => {
      await untilModelAnswers();
      const pids = () => (mesh.process.record()?.processes ?? []).map(({ pid }) => pid);
      const before = pids();
      assert.equal(before.length, 7);
      const saidBefore = mesh.process.text.length;
      const sinceMs = Date.now();
      const { restarted } = JSON.parse(await run('restart', 'all')) as {
        readonly restarted: readonly { readonly name: string; readonly tookMs: number }[];
      };
      for (const { name, tookMs } of restarted) {
        t.diagnostic(`${name} restarted in ${tookMs.toFixed(0)} ms`);
      }
      assert.equal(restarted.length, 7);
      assert.deepEqual(
        pids().filter((pid) => before.includes(pid)),
        [],
      );
      await untilModelAnswers();
      await assertAllRight(sinceMs, t);
      assert.doesNotMatch(mesh.process.text.slice(saidBefore), /crashed/);
    });

    it(`lose a prediction service to kill -9 without a failed answer (round ${round})`, async (t) => {
      await untilModelAnswers();
      const sinceMs = Date.now();
      const pid = mesh.process.pidOf('prediction', 2);
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      await eventually('it serves again', async () => {
        const now = mesh.process.pidOf('prediction', 2);
        return now !== undefined && now !== pid && (await isServing());
      });
      await untilModelAnswers();
      await assertAllRight(sinceMs, t);
    });

    it(`have one prediction service hang without a failed answer, and the other one answers (round ${round})`, async (t) => {
      await untilModelAnswers();
      const pid = mesh.process.pidOf('prediction', 1);
      assert.ok(pid !== undefined);
      const sinceMs = Date.now();
      // Shorter than its supervisor takes to find it: the routers have to.
      process.kill(pid, 'SIGSTOP');
      try {
        await delay(3_000);
        const answers = load.since(sinceMs + effectMsMax);
        const byModel = answers.filter(({ prediction }) => prediction.tier === 'model');
        t.diagnostic(`meanwhile the model gave ${byModel.length} of ${answers.length} answers`);
        assert.ok(byModel.length > 0);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await assertAllRight(sinceMs, t);
    });
  }
});
