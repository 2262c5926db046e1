import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { assertParity, questionsAround, reasonOf } from '../../test/support/feature-parity.ts';
import {
  bytesOf,
  doubles,
  FeatureTester,
  type Flight,
  ingestRequest,
} from '../../test/support/feature-tester.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import { featureSampleConfig, RunningFeature } from '../../test/support/running-feature.ts';
import { seededRandom } from '../shared/kernel/random.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { composeFeature } from './compose-feature.ts';

const historyUntil = Date.UTC(2001, 2, 1);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function collected<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function start(
  folder: string,
): Promise<{ tester: FeatureTester; stop: () => Promise<void> }> {
  const leaving = new AbortController();
  const { components, address } = await composeFeature(featureSampleConfig(folder), systemClock);
  for (const component of components) await component.start(leaving.signal);
  const tester = new FeatureTester(address());
  return {
    tester,
    async stop() {
      tester.close();
      for (const component of [...components].reverse()) await component.stop(1_000);
    },
  };
}

describe('FeatureService', () => {
  const folder = temporaryFolder();
  let service: Awaited<ReturnType<typeof start>>;
  let tester: FeatureTester;
  let march: readonly Flight[] = [];

  before(async () => {
    await makeFlightsSample();
    service = await start(folder.path);
    ({ tester } = service);
  });

  after(async () => {
    await service.stop();
    folder[Symbol.dispose]();
  });

  it('says what to do before the history of a source is there', async () => {
    const call = tester.flights(0, historyUntil);
    assert.equal(await reasonOf(call), 'SOURCE_MISSING');
  });

  it('imports a source once, and finds it the second time', async () => {
    const first = await tester.import(historyUntil);
    assert.ok(first.rows > 40_000 && first.logOffset > 25_000);
    assert.deepEqual(await tester.import(historyUntil), first);
    assert.deepEqual(await tester.import(historyUntil + dayMs), first);
    assert.equal(await reasonOf(tester.import(historyUntil - 1)), 'INVALID_FIELD');
    march = await tester.flights(historyUntil, historyUntil + 10 * dayMs);
    const { views, logOffset } = await tester.client.listDefinitions({}, {});
    assert.equal(logOffset, first.logOffset);
    assert.equal(views.length, 3);
    assert.ok(
      views.every(({ entities, newestEventMs }) => entities > 5 && newestEventMs < historyUntil),
    );
  });

  it('reads a source in order of visible time, and of event time', async () => {
    const times = march.map(({ date }) => date);
    assert.ok(
      march.length > 4_000 &&
        times.every((time, row) => row === 0 || (times[row - 1] ?? 0) <= time),
    );
    assert.ok((times[0] ?? 0) >= historyUntil - 6 * hourMs);
  });

  it('answers online as the audit does, bit for bit', async () => {
    await assertParity(tester, questionsAround(march.slice(0, 500), 700, 1));
  });

  it('drops known events, of history and of the log', async () => {
    const history = await tester.flights(historyUntil - 2 * dayMs, historyUntil);
    const old = await tester.ingest(history);
    assert.deepEqual([old.appended, old.duplicates], [0, history.length]);
    const some = march.slice(0, 3_000);
    const fresh = await tester.ingest([...some, ...some.slice(100, 200)]);
    assert.deepEqual([fresh.appended, fresh.duplicates], [3_000, 100]);
    assert.equal((await tester.ingest(some)).appended, 0);
    await assertParity(tester, questionsAround(some, 500, 2));
  });

  it('takes late and shuffled events into account, online and in the audit', async () => {
    const random = seededRandom(3);
    const rest = march.slice(3_000);
    const shuffled = rest
      .map((flight) => ({ flight, key: random.next() }))
      .sort((a, b) => a.key - b.key);
    await tester.ingest(
      shuffled.map(({ flight }) => flight),
      333,
    );
    const questions = questionsAround(march, 800, 4);
    await assertParity(tester, questions);
    const before = await tester.online(questions);
    const late = questions.slice(1, 40).map((question, row) => ({
      id: `late-${row}`,
      date: question.t - 8 * hourMs,
      delay: 1_000 + row,
      distance: 1,
      origin: question.origin,
      destination: question.destination,
    }));
    await tester.ingest(late);
    const after = await tester.online(questions);
    assert.ok(!before.values.equals(after.values));
    await assertParity(tester, questions);
    const asBefore = await tester.recompute(questions, before.logOffset);
    assert.ok(asBefore.values.equals(before.values), 'the audit sees the log as it was');
  });

  it('trains on the values that it serves', async () => {
    const rows: { t: number; id: string; features: Float32Array; label: number }[] = [];
    let manifest: { rows: number; dataHash: string; logOffset: number } | undefined;
    const build = {
      model: 'late',
      fromMs: Date.UTC(2001, 1, 25),
      untilMs: Date.UTC(2001, 2, 15),
      rowsMax: 2_000,
      seed: 7,
      // The answers online are those of now: they know what came late.
      mode: 'TRAINING_SET_MODE_AS_CORRECTED',
    } as const;
    for await (const part of tester.client.buildTrainingSet(build, {})) {
      if (part.manifest) manifest = part.manifest;
      if (!part.rows) continue;
      const all = new Float32Array(Uint8Array.from(part.rows.features).buffer);
      const labels = new Float32Array(Uint8Array.from(part.rows.labels).buffer);
      doubles(part.rows.atMs).forEach((t, row) => {
        rows.push({
          t,
          id: part.rows?.eventIds[row] ?? '',
          features: all.slice(row * 8, row * 8 + 8),
          label: labels[row] ?? Number.NaN,
        });
      });
    }
    assert.equal(rows.length, 2_000);
    assert.equal(manifest?.rows, 2_000);
    const flights = new Map(
      (await tester.flights(build.fromMs, build.untilMs + 6 * hourMs)).map((flight) => [
        flight.id,
        flight,
      ]),
    );
    const known = rows.filter(({ id }) => flights.has(id));
    assert.ok(known.length > 1_900);
    const examples = known.map(({ id }) => flights.get(id) as Flight);
    const online = doubles(
      (
        await tester.online(
          examples.map(({ origin, destination, date }) => ({ origin, destination, t: date })),
        )
      ).values,
    );
    known.forEach(({ t, features, label }, row) => {
      const flight = examples[row];
      assert.equal(t, flight?.date);
      assert.equal(label, (flight?.delay ?? 0) > 15 ? 1 : 0);
      assert.equal(features[0], new Date(t).getUTCHours());
      assert.equal(features[3], flight?.distance);
      const views = [1, 2, 4, 5, 6, 7].map((column) => features[column]);
      assert.deepEqual(views, [...new Float32Array(online.subarray(row * 6, row * 6 + 6))]);
    });
    let again = '';
    for await (const part of tester.client.buildTrainingSet(build, {}))
      again = part.manifest?.dataHash ?? again;
    assert.equal(again, manifest?.dataHash);
  });

  it('says what a set may know, and knows less as served', async () => {
    const build = { model: 'late', fromMs: Date.UTC(2001, 2, 1), untilMs: Date.UTC(2001, 2, 15) };
    const manifestOf = async (mode?: 'TRAINING_SET_MODE_AS_CORRECTED') => {
      const request = mode === undefined ? build : { ...build, mode };
      const parts = await collected(tester.client.buildTrainingSet(request, {}));
      return parts.at(-1)?.manifest;
    };
    const asServed = await manifestOf();
    const asCorrected = await manifestOf('TRAINING_SET_MODE_AS_CORRECTED');
    assert.equal(asServed?.mode, 'TRAINING_SET_MODE_AS_SERVED');
    assert.equal(asCorrected?.mode, 'TRAINING_SET_MODE_AS_CORRECTED');
    assert.equal(asServed.rows, asCorrected.rows);
    assert.notEqual(asServed.dataHash, asCorrected.dataHash, 'events of March came late');
  });

  it('gives defaults with their status for entities it has never seen', async () => {
    const { values, statuses } = await tester.online([
      { origin: 'QQQ', destination: 'YYY', t: historyUntil },
    ]);
    assert.deepEqual([...statuses], [2, 2, 2, 2, 2, 2]);
    assert.equal(doubles(values)[3], 0.2);
  });

  it('refuses what is out of range', async () => {
    const hash = await tester.featureSetHash();
    const ask = (query: object) => reasonOf(tester.client.getOnlineFeatures({ query }, {}));
    const one = {
      featureSetHash: hash,
      rows: 1,
      keys: ['ORD', 'LAX'],
      atMs: bytesOf([historyUntil]),
    };
    assert.equal(await ask(one), 'undefined');
    assert.equal(await ask({ ...one, featureSetHash: 'f'.repeat(64) }), 'FEATURE_SET_UNKNOWN');
    assert.equal(await ask({ ...one, rows: 0, keys: [], atMs: Buffer.alloc(0) }), 'INVALID_FIELD');
    assert.equal(await ask({ ...one, rows: 1_025 }), 'INVALID_FIELD');
    assert.equal(await ask({ ...one, keys: ['ORD'] }), 'INVALID_FIELD');
    assert.equal(await ask({ ...one, atMs: Buffer.alloc(7) }), 'INVALID_FIELD');
    assert.equal(await ask({ ...one, atMs: bytesOf([Number.NaN]) }), 'INVALID_FIELD');
    const early = tester.recompute([{ origin: 'ORD', destination: 'LAX', t: historyUntil }], 5);
    assert.equal(await reasonOf(early), 'INVALID_FIELD');
  });

  it('answers each batch of a frame by itself', async () => {
    const hash = await tester.featureSetHash();
    const query = {
      featureSetHash: hash,
      rows: 1,
      keys: ['ORD', 'LAX'],
      atMs: bytesOf([historyUntil]),
    };
    async function* frames() {
      yield await Promise.resolve({
        batches: [
          { batchId: 7, query },
          { batchId: 8, query: { ...query, featureSetHash: 'unknown' } },
        ],
      });
    }
    const replies = [];
    for await (const { batches } of tester.client.streamOnlineFeatures(frames(), {}))
      replies.push(...batches);
    assert.deepEqual(
      replies.map(({ batchId, rows, error }) => [batchId, rows?.rows, error?.reason]),
      [
        [7, 1, undefined],
        [8, undefined, 'FEATURE_SET_UNKNOWN'],
      ],
    );
  });

  it('refuses a wrong batch of events as a whole, and keeps those before it', async () => {
    const { logOffset } = await tester.client.listDefinitions({}, {});
    const flight = {
      id: 'good',
      date: historyUntil,
      delay: 1,
      distance: 1,
      origin: 'ORD',
      destination: 'LAX',
    };
    async function* requests() {
      yield await Promise.resolve(ingestRequest(1, [flight]));
      yield ingestRequest(2, [
        { ...flight, id: 'fine' },
        { ...flight, id: 'bad', delay: Number.NaN },
      ]);
    }
    const acknowledged: number[] = [];
    const call = (async () => {
      for await (const { batchId } of tester.client.ingest(requests(), {}))
        acknowledged.push(batchId);
    })();
    assert.equal(await reasonOf(call), 'EVENT_INVALID');
    assert.deepEqual((await tester.client.listDefinitions({}, {})).logOffset, logOffset + 1);
  });

  it('serves the same after a restart', async () => {
    const questions = questionsAround(march, 1_000, 5);
    const before = await tester.online(questions);
    await service.stop();
    service = await start(folder.path);
    ({ tester } = service);
    const after = await tester.online(questions);
    assert.deepEqual(after, before);
  });
});

describe('FeatureService that is killed', () => {
  it('loses no acknowledged event and applies none twice', async () => {
    await makeFlightsSample();
    using folder = temporaryFolder();
    let running = await RunningFeature.start(folder.path);
    await running.tester.import(historyUntil);
    const flights = await running.tester.flights(historyUntil, historyUntil + 6 * dayMs);
    const acknowledged = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const { tester } = running;
      const victim = running;
      const ended = tester
        .ingest(flights, 50, (batch) => {
          for (const { id } of batch) acknowledged.add(id);
          if (acknowledged.size > (round + 1) * 700) void victim.kill();
        })
        .catch(() => undefined);
      await ended;
      await victim.kill();
      running = await RunningFeature.start(folder.path);
      const { logOffset } = await running.tester.client.listDefinitions({}, {});
      const known = flights.filter(({ id }) => acknowledged.has(id));
      const again = await running.tester.ingest(known);
      assert.deepEqual(
        [again.appended, again.duplicates],
        [0, known.length],
        'acknowledged events are there',
      );
      assert.equal(again.logOffset, logOffset);
      await assertParity(running.tester, questionsAround(known, 100, round));
    }
    const last = await running.tester.ingest(flights);
    assert.equal(last.appended + last.duplicates, flights.length);
    await assertParity(running.tester, questionsAround(flights, 200, 9));
    await running[Symbol.asyncDispose]();
  });

  it('leaves nothing half-done of an import', async () => {
    await makeFlightsSample();
    using folder = temporaryFolder();
    for (const stage of ['reading event ids', 'online state of flights/destination']) {
      const running = await RunningFeature.start(folder.path);
      const progress = running.tester.client.importSource(
        { source: 'flights', untilMs: historyUntil },
        {},
      );
      const read = (async () => {
        for await (const message of progress) {
          if (message.progress?.stage === stage) await running.kill();
        }
      })();
      await assert.rejects(read);
    }
    await using running = await RunningFeature.start(folder.path);
    const { tester } = running;
    assert.equal((await tester.client.listDefinitions({}, {})).logOffset, 0);
    const unknown = await tester.online([{ origin: 'ORD', destination: 'LAX', t: historyUntil }]);
    assert.ok(unknown.statuses.every((status) => status === 2));
    await tester.import(historyUntil);
    const flights = await tester.flights(historyUntil - dayMs, historyUntil);
    assert.equal((await tester.ingest(flights)).appended, 0);
    await assertParity(tester, questionsAround(flights, 100, 6));
  });
});
