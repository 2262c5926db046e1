import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { audit } from '../../test/support/audit-tester.ts';
import { eventually } from '../../test/support/eventually.ts';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { assertParity, questionsAround, reasonOf } from '../../test/support/feature-parity.ts';
import type {
  FeatureTester,
  Flight,
  Question,
  Vectors,
} from '../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import { sampleMesh } from '../../test/support/flights-sample-mesh.ts';
import { RedisServer, skipRedis } from '../../test/support/redis-server.ts';
import { RunningFeature } from '../../test/support/running-feature.ts';
import { lmdbStates, redisStates } from '../../test/support/stored-states.ts';

const historyUntil = Date.UTC(2001, 2, 1);
const dayMs = 86_400_000;
const isLong = Number(process.env['MLMESH_TEST_ROUNDS'] ?? 1) > 1;
/** So few stay in memory that nearly every question has to ask Redis. */
const entitiesMax = 4;
const { name: meshName, views } = sampleMesh();

/** Starts a feature service whose online state is in this Redis. */
async function startOn(
  server: RedisServer,
  folder: string,
  options: Readonly<Record<string, number>> = { entitiesMax },
): Promise<RunningFeature> {
  return await RunningFeature.start(folder, undefined, { onlineStore: server.url, ...options });
}

/** Whether a key of Redis is of an airport, or of a route of it. */
function isOf(key: string, airport: string): boolean {
  return key
    .slice(key.indexOf('|') + 1)
    .split('\u001f')
    .includes(airport);
}

async function imported(running: RunningFeature): Promise<readonly Flight[]> {
  await running.tester.import(historyUntil);
  return await running.tester.flights(historyUntil, historyUntil + 6 * dayMs);
}

describe('a feature service on Redis', { skip: skipRedis }, () => {
  before(makeFlightsSample);

  it('serves the same bits as on LMDB, and stores the same bytes', async () => {
    await using server = await RedisServer.start();
    using onLmdb = temporaryFolder();
    using onRedis = temporaryFolder();
    // One checkpoint, at the end: both prune the same then.
    const checkpointMs = 600_000;
    const lmdb = await RunningFeature.start(onLmdb.path, undefined, { checkpointMs });
    const redis = await startOn(server, onRedis.path, { entitiesMax, checkpointMs });
    const answers: Vectors[] = [];
    for (const { tester } of [lmdb, redis]) {
      await tester.import(historyUntil);
      const flights = await tester.flights(historyUntil, historyUntil + 6 * dayMs);
      await tester.ingest([...flights.slice(500), ...flights.slice(0, 700)], 97);
      answers.push(await tester.online(questionsAround(flights, 1_500, 11)));
    }
    assert.deepEqual(answers[1], answers[0]);
    for (const running of [lmdb, redis]) await running[Symbol.asyncDispose]();
    const states = await lmdbStates(onLmdb.path, views);
    assert.ok(states.size > 50, `${states.size} entities`);
    assert.deepEqual(await redisStates(server, meshName), states);
  });

  it('loses no acknowledged event when it is killed, and serves what the audit arrives at', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    let running = await startOn(server, folder.path);
    const flights = await imported(running);
    const acknowledged = new Set<string>();
    for (let round = 0; round < (isLong ? 3 : 1); round += 1) {
      const victim = running;
      await victim.tester
        .ingest(flights, 50, (batch) => {
          for (const { id } of batch) acknowledged.add(id);
          if (acknowledged.size > (round + 1) * 700) void victim.kill();
        })
        .catch(() => undefined);
      await victim.kill();
      running = await startOn(server, folder.path);
      const known = flights.filter(({ id }) => acknowledged.has(id));
      const again = await running.tester.ingest(known);
      assert.deepEqual([again.appended, again.duplicates], [0, known.length]);
      await assertParity(running.tester, questionsAround(known, 150, round));
    }
    await running[Symbol.asyncDispose]();
  });

  it('makes its states anew when Redis is empty at its start, or another store was in use meanwhile', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    const first = await startOn(server, folder.path);
    const flights = await imported(first);
    await first.tester.ingest(flights.slice(0, 1_000));
    await first.kill();
    await server.command('flushall');
    const second = await startOn(server, folder.path);
    const questions = questionsAround(flights, 300, 3);
    await assertParity(second.tester, questions);
    const wanted = await second.tester.online(questions);
    await second[Symbol.asyncDispose]();
    const onLmdb = await RunningFeature.start(folder.path);
    assert.deepEqual(await onLmdb.tester.online(questions), wanted);
    await onLmdb.tester.ingest(flights.slice(1_000, 1_200));
    await onLmdb[Symbol.asyncDispose]();
    await using back = await startOn(server, folder.path);
    await assertParity(back.tester, questions);
  });

  it('erases an entity: its states are gone, those of others stay, and answers from before are left out', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path);
    const { tester } = running;
    const flights = await imported(running);
    await tester.ingest(flights.slice(0, 1_000));
    const counts = new Map<string, number>();
    for (const { origin } of flights) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    const [airport = ''] = [...counts].sort(([, left], [, right]) => left - right)[0] ?? [];
    const other = flights.find(
      ({ origin, destination }) => origin !== airport && destination !== airport,
    );
    assert.ok(other);
    const t = historyUntil + dayMs;
    const own = { origin: airport, destination: airport, t };
    const asked = [own, { ...other, t }];
    const before = await tester.online(asked);
    assert.ok(before.statuses.includes(0));
    let there = await redisStates(server, meshName);
    await eventually('the states are in Redis', async () => {
      const counted = there.size;
      there = await redisStates(server, meshName);
      return there.size === counted && [...there.keys()].some((key) => isOf(key, airport));
    });
    const erased = await tester.client.deleteEntity(
      { entity: 'airport', keys: { airport }, reason: 'asked for' },
      {},
    );
    assert.ok(erased.statesRemoved > 0 && erased.statesRecomputed > 0);
    const left = [...(await redisStates(server, meshName)).keys()];
    const others = [...there.keys()].filter((key) => !isOf(key, airport));
    assert.deepEqual(new Set(left), new Set(others));
    assert.ok(left.length > 20 && left.length < there.size);
    const after = await tester.online(asked);
    const columns = after.statuses.length / 2;
    assert.ok(
      after.statuses.subarray(0, columns).every((status) => status === 2),
      'not found',
    );
    assert.deepEqual(after.statuses.subarray(columns), before.statuses.subarray(columns));
    assert.deepEqual(after.values.subarray(columns * 8), before.values.subarray(columns * 8));
    await assertParity(tester, questionsAround(flights, 200, 13));
    const found = await audit(tester);
    assert.ok(found.mismatches === 0 && found.unauditable > 0 && found.answers > 200);
    await running.kill();
    await using again = await startOn(server, folder.path);
    assert.deepEqual((await again.tester.online(asked)).values, after.values);
  });

  it('says at its start that Redis is not there', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await server.kill();
    const started = startOn(server, folder.path);
    await assert.rejects(started, /STORE_UNAVAILABLE|wanted an answer of the Redis at redis/);
  });

  it('refuses a Redis that throws keys away when its memory is full', async () => {
    await using server = await RedisServer.start(
      '--maxmemory',
      '64mb',
      '--maxmemory-policy',
      'allkeys-lru',
    );
    using folder = temporaryFolder();
    await assert.rejects(startOn(server, folder.path), /maxmemory-policy noeviction/);
  });
});

describe('a feature service whose Redis goes away', { skip: skipRedis }, () => {
  before(makeFlightsSample);

  it('answers rightly or not at all while Redis hangs, and as before when it goes on', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path);
    const { tester } = running;
    const flights = await imported(running);
    await tester.ingest(flights.slice(0, 1_000));
    const questions = questionsAround(flights, 200, 5);
    await untilAway(server, tester, questions);
    const wanted = await tester.online(questions);
    server.stall();
    const got = await asked(running.impatient, questions);
    server.resume();
    assert.ok(got.refused > 50, `${got.refused} refused`);
    assertSame(got, wanted, questions);
    await eventually('Redis answers again', async () => {
      return (await reasonOf(running.impatient.online(questions))) === 'undefined';
    });
    assert.deepEqual(await tester.online(questions), wanted);
    await assertParity(tester, questions);
  });

  it('is right in the middle of batches, keeps what it acknowledged, and makes the lost states anew', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path);
    const { tester } = running;
    const flights = await imported(running);
    const questions = questionsAround(flights, 150, 6);
    const acknowledged: Flight[] = [];
    await tester.ingest(flights.slice(0, 500), 100, (batch) => acknowledged.push(...batch));
    await untilAway(server, tester, questions);
    const ingesting = tester
      .ingest(flights.slice(500, 3_000), 20, (batch) => {
        acknowledged.push(...batch);
        if (acknowledged.length === 900) void server.kill();
      })
      .catch(() => undefined);
    const got = await asked(running.impatient, questions);
    await ingesting;
    await server.kill();
    const later = await asked(running.impatient, questions);
    await server.launch();
    await eventually(
      'the states are made anew',
      async () => (await reasonOf(running.impatient.online(questions))) === 'undefined',
      30_000,
    );
    const again = await tester.ingest(acknowledged);
    assert.deepEqual([again.appended, again.duplicates], [0, acknowledged.length]);
    await assertAudited(tester, [...got.answers, ...later.answers]);
    await assertParity(tester, questions);
    await eventually(
      'what waited to be written is written, and there is room for more',
      async () => (await reasonOf(running.impatient.ingest(flights))) === 'undefined',
      30_000,
    );
    await assertParity(tester, questions);
  });

  it('refuses what it would have to load while Redis is gone', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path);
    const { tester } = running;
    const flights = await imported(running);
    const questions = questionsAround(flights, 100, 9);
    await untilAway(server, tester, questions);
    await server.kill();
    const { refused } = await asked(running.impatient, questions);
    assert.ok(refused > 30, `${refused} refused`);
    assert.equal(
      await reasonOf(running.impatient.ingest(flights.slice(0, 2_000))),
      'STORE_UNAVAILABLE',
    );
    await server.launch();
    await eventually(
      'the states are made anew',
      async () => (await reasonOf(running.impatient.online(questions))) === 'undefined',
      30_000,
    );
    await eventually(
      'events are taken again',
      async () =>
        (await reasonOf(running.impatient.ingest(flights.slice(0, 2_000)))) === 'undefined',
      30_000,
    );
    await assertParity(tester, questions);
  });

  it('reads on from memory', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path, { entitiesMax: 100_000 });
    const { tester } = running;
    const flights = await imported(running);
    const questions = questionsAround(flights, 400, 7);
    const wanted = await tester.online(questions);
    await server.kill();
    assert.deepEqual(await tester.online(questions), wanted);
    const fresh = { ...(flights[0] as Flight), id: 'fresh', origin: 'NEW', destination: 'NEWER' };
    assert.equal((await tester.ingest([fresh])).appended, 1, 'a new entity needs no Redis');
    await server.launch();
    await eventually('the new entity is in Redis', async () => {
      const keys = await server.command('keys', 'mlmesh:*NEWER}*');
      return Array.isArray(keys) && keys.length > 0;
    });
    await assertParity(tester, questions);
  });

  it('notices that Redis was emptied behind its back', async () => {
    await using server = await RedisServer.start();
    using folder = temporaryFolder();
    await using running = await startOn(server, folder.path);
    const { tester } = running;
    const flights = await imported(running);
    const questions = questionsAround(flights, 100, 8);
    const wanted = await tester.online(questions);
    await server.command('flushall');
    // While the states are made anew, too: what is not there yet is no entity that nobody has seen.
    await eventually(
      'the states are made anew',
      async () => {
        const got = await asked(running.impatient, questions);
        assertSame(got, wanted, questions);
        return got.refused === 0;
      },
      60_000,
    );
    assert.deepEqual(await tester.online(questions), wanted);
  });
});

/** Resolves when most states are in Redis and no longer in memory: what has changed stays there until it is written. */
async function untilAway(
  server: RedisServer,
  tester: FeatureTester,
  questions: readonly Question[],
): Promise<void> {
  const loads = async (): Promise<number> => {
    const stats = String(await server.command('info', 'commandstats'));
    return Number(/cmdstat_hgetall:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  await eventually('states are away', async () => {
    const before = await loads();
    await tester.online(questions);
    return (await loads()) > before + 30;
  });
}

interface Asked {
  readonly answers: ReadonlyMap<Question, Vectors>;
  readonly refused: number;
}

/** Holds that the audit arrives at answers, at the log offset that each has seen; each offset is a scan, so at twelve of them. */
async function assertAudited(
  tester: FeatureTester,
  answers: readonly (readonly [Question, Vectors])[],
): Promise<void> {
  const logOffsets = [...new Set(answers.map(([, answer]) => answer.logOffset))];
  const step = Math.ceil(logOffsets.length / 12);
  for (const logOffset of logOffsets.filter((_, index) => index % step === 0)) {
    const own = answers.filter(([, answer]) => answer.logOffset === logOffset);
    const questions = own.map(([question]) => question);
    const audit = await tester.recompute(questions, logOffset);
    assert.deepEqual(Buffer.concat(own.map(([, { values }]) => values)), audit.values);
    assert.deepEqual(Buffer.concat(own.map(([, { statuses }]) => statuses)), audit.statuses);
  }
}

/** Asks each question by itself; a refusal has one of the two reasons. */
async function asked(tester: FeatureTester, questions: readonly Question[]): Promise<Asked> {
  const answers = new Map<Question, Vectors>();
  let refused = 0;
  for (const question of questions) {
    const call = tester.online([question]);
    const reason = await reasonOf(call);
    if (reason === 'undefined') answers.set(question, await call);
    else refused += 1;
    assert.match(reason, /^(undefined|STORE_UNAVAILABLE|STATE_LOST)$/);
  }
  return { answers, refused };
}

function assertSame({ answers }: Asked, wanted: Vectors, questions: readonly Question[]): void {
  const columns = wanted.statuses.length / questions.length;
  questions.forEach((question, row) => {
    const answer = answers.get(question);
    if (answer === undefined) return;
    const [from, until] = [row * columns, (row + 1) * columns];
    assert.deepEqual(answer.statuses, wanted.statuses.subarray(from, until));
    assert.ok(answer.values.equals(wanted.values.subarray(from * 8, until * 8)));
  });
}
