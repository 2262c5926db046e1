import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answerRecord } from '../../test/support/answer-record.ts';
import { type AuditSummary, audit } from '../../test/support/audit-tester.ts';
import { eventually } from '../../test/support/eventually.ts';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { bytesOf, doubles, FeatureTester, type Flight } from '../../test/support/feature-tester.ts';
import {
  type Asked,
  type Cell,
  isOnRoute,
  isWithin,
  meanOf,
  seenAt,
} from '../../test/support/flight-cells.ts';
import { makeFlightsSample } from '../../test/support/flights-sample.ts';
import { featureSampleConfig } from '../../test/support/running-feature.ts';
import { featureStatus } from '../shared/compute/feature-status.ts';
import { computeVersion } from '../shared/compute/plan.ts';
import { valueHashes } from '../shared/compute/value-hash.ts';
import { systemClock } from '../shared/platform/process/system-clock.ts';
import { LmdbAnswerStore } from './adapters/lmdb-answer-store.ts';
import { composeFeature } from './compose-feature.ts';
import type { AnswerBlock } from './core/answer-codec.ts';

const historyUntil = Date.UTC(2001, 2, 1);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const columns = 3;
const features = { flights24h: 0, delayMean30d: 1, routeMean7d: 2 } as const;

const meshModule = fileURLToPath(new URL('../../test/support/parity-mesh.js', import.meta.url));

/** Reads one feature wrongly, as a test has it; undefined where the mistake makes no difference that it knows of. */
type WrongReader = (asked: Asked, right: Cell) => Cell;

describe('the audit of answers', () => {
  const folder = temporaryFolder();
  let tester: FeatureTester;
  let stop: () => Promise<void>;
  let store: LmdbAnswerStore;
  /** Of the log, those that came late marked. */
  let events: readonly (Flight & { readonly isLate: boolean })[] = [];
  let asked: readonly Asked[] = [];

  before(async () => {
    await makeFlightsSample();
    const leaving = new AbortController();
    const config = featureSampleConfig(folder.path, meshModule);
    const { components, address } = await composeFeature(config, systemClock);
    for (const component of components) await component.start(leaving.signal);
    tester = new FeatureTester(address());
    store = new LmdbAnswerStore(join(folder.path, 'feature', 'answers'), () => 0);
    stop = async () => {
      tester.close();
      await store.close();
      for (const component of [...components].reverse()) await component.stop(1_000);
    };
    await tester.import(historyUntil);
    const history = await tester.flights(0, historyUntil);
    // History alone knows the route of its first flight: the audit reads all of the log, and of history what may matter.
    const march = (await tester.flights(historyUntil, historyUntil + 8 * dayMs)).filter(
      (flight) => !isOnRoute(flight, history[0]),
    );
    // One event in 20 is held back until all others are there.
    const late = march.filter((_, row) => row % 20 === 7);
    const inTime = march.filter((_, row) => row % 20 !== 7);
    await tester.ingest(inTime);
    await tester.ingest(late);
    const lateIds = new Set(late.map(({ id }) => id));
    events = [...history, ...march]
      .map((flight) => ({ ...flight, isLate: lateIds.has(flight.id) }))
      .sort((left, right) => left.date - right.date || Number(left.id) - Number(right.id));
    // A day after an event became visible it lies exactly at the begin of the window; and at random times.
    asked = march.slice(0, 700).map((flight, row) => ({
      ...flight,
      t: seenAt(flight) + (row % 2 === 0 ? dayMs : row * 1_234),
    }));
    await tester.online(asked);
  });

  after(async () => {
    await stop();
    folder[Symbol.dispose]();
  });

  /** Changes what the log says was served, in place, as if a wrong service had answered; gives how many cells it changed. */
  async function plant(column: number, wrong: WrongReader): Promise<number> {
    let changed = 0;
    for (const { decode } of [...store.newestFirst(Number.POSITIVE_INFINITY)]) {
      const block = decode();
      const values = block.values.slice();
      const statuses = block.statuses.slice();
      block.atMs.forEach((t, row) => {
        const cell = row * columns + column;
        const right: Cell = [values[cell] ?? 0, statuses[cell] ?? 0];
        const [origin = '', destination = ''] = block.keys.slice(row * 2);
        const [value, status] = wrong({ origin, destination, t }, right);
        if (Object.is(value, right[0]) && status === right[1]) return;
        values[cell] = value;
        statuses[cell] = status;
        changed += 1;
      });
      // A wrong service stamps what it answers: the hash is that of the wrong values.
      await write({
        ...block,
        values,
        statuses,
        valueHashes: valueHashes(block.rows, values, statuses),
      });
    }
    return changed;
  }

  const write = (block: AnswerBlock): Promise<void> => store.append([answerRecord(block)], 0);
  const blocks = (): readonly AnswerBlock[] =>
    [...store.newestFirst(Number.POSITIVE_INFINITY)].map(({ decode }) => decode());

  /** Plants a skew, asserts that the audit finds each of its cells and no other, and takes it back. */
  async function assertDetected(
    feature: keyof typeof features,
    wrong: WrongReader,
  ): Promise<AuditSummary> {
    await audit(tester); // what waits is written
    const before = blocks();
    const planted = await plant(features[feature], wrong);
    assert.ok(planted > 0, 'the mistake changes something');
    const found = await audit(tester);
    for (const block of before) await write(block);
    assert.equal(found.answers, asked.length);
    assert.equal(found.mismatches, planted);
    assert.equal(found.mismatchedAnswers, planted);
    assert.ok(found.examples.length === Math.min(planted, 100));
    assert.deepEqual(new Set(found.examples.map((example) => example.feature)), new Set([feature]));
    return found;
  }

  let grouped: typeof events = [];
  const byOrigin = new Map<string, (typeof events)[number][]>();
  const own = (list: typeof events, { origin }: Asked) => {
    if (list !== grouped) {
      grouped = list;
      byOrigin.clear();
      for (const flight of list) {
        const known = byOrigin.get(flight.origin);
        if (known === undefined) byOrigin.set(flight.origin, [flight]);
        else known.push(flight);
      }
    }
    return byOrigin.get(origin) ?? [];
  };

  it('stamps every answer with all that it takes to check it', async () => {
    const featureSetHash = await tester.featureSetHash();
    const [first] = asked;
    assert.ok(first);
    const query = { featureSetHash, rows: 1, keys: [first.origin, first.destination] };
    const atMs = bytesOf([first.t]);
    const plain = await tester.client.getOnlineFeatures({ query: { ...query, atMs } }, {});
    const timed = await tester.client.getOnlineFeatures(
      { query: { ...query, atMs, withEventTimes: true } },
      {},
    );
    const { rows } = plain;
    assert.ok(rows && timed.rows);
    const statuses = Uint8Array.from(rows.statuses);
    assert.equal(rows.computeVersion, computeVersion);
    assert.deepEqual([...rows.valueHashes], [...valueHashes(1, doubles(rows.values), statuses)]);
    assert.equal(rows.eventTimes.length, 0);
    const newest = (list: readonly Flight[]) =>
      Math.max(...list.filter((flight) => seenAt(flight) < first.t).map(seenAt));
    const atAirport = newest(own(events, first));
    const onRoute = newest(
      own(events, first).filter(({ destination }) => destination === first.destination),
    );
    assert.deepEqual([...doubles(timed.rows.eventTimes)], [atAirport, atAirport, onRoute]);
    const unknown = await tester.client.getOnlineFeatures(
      { query: { ...query, keys: ['QQQ', 'YYY'], atMs, withEventTimes: true } },
      {},
    );
    assert.ok(doubles(unknown.rows?.eventTimes ?? Buffer.alloc(0)).every(Number.isNaN));
    asked = [...asked, first, first, { ...first, origin: 'QQQ', destination: 'YYY' }];
  });

  it('finds no difference in what was served, and says what later events would change', async () => {
    const found = await audit(tester);
    assert.deepEqual(
      [found.answers, found.cells, found.mismatches, found.mismatchedAnswers],
      [asked.length, asked.length * columns, 0, 0],
    );
    assert.deepEqual([found.changedSince, found.lateEffects, found.dropped], [0, 0, 0]);
    assert.equal(found.logged, asked.length);
    const first = asked[0] ?? assert.fail();
    const id = { delay: 500, distance: 1, origin: first.origin, destination: first.destination };
    // Late for all that were asked: visible before their times, and after it.
    await tester.ingest([{ ...id, id: 'late', date: historyUntil - 12 * hourMs }]);
    const later = await audit(tester);
    assert.equal(later.mismatches, 0);
    assert.ok(later.changedSince > 0);
    assert.equal(later.changedSince, later.lateEffects);
    // In time: visible after all that came before, but before a question that was asked ahead of it.
    const ahead = historyUntil + 20 * dayMs;
    await tester.online([{ origin: first.origin, destination: first.destination, t: ahead }]);
    await tester.ingest([{ ...id, id: 'new', date: ahead - 7 * hourMs }]);
    const last = await audit(tester, { limit: 1 });
    assert.deepEqual([last.answers, last.mismatches, last.lateEffects], [1, 0, 0]);
    assert.ok(last.changedSince > 0);
    events = [...events, { ...id, id: 'late', date: historyUntil - 12 * hourMs, isLate: true }];
    asked = [...asked, { ...first, t: ahead }];
  });

  it('takes the newest, those since a time, and those after an answer', async () => {
    const all = await audit(tester);
    assert.equal(all.lastAnswer, asked.length);
    assert.equal((await audit(tester, { limit: 10 })).answers, 10);
    assert.equal((await audit(tester, { afterAnswer: all.lastAnswer })).answers, 0);
    assert.equal((await audit(tester, { afterAnswer: all.lastAnswer - 7 })).answers, 7);
    const sinceMs = historyUntil + 2 * dayMs;
    const since = asked.filter(({ t }) => t >= sinceMs).length;
    assert.ok(since > 0 && since < asked.length);
    assert.equal((await audit(tester, { sinceMs })).answers, since);
    const featureSetHash = await tester.featureSetHash();
    assert.equal((await audit(tester, { featureSetHash })).answers, asked.length);
    const unknown = audit(tester, { featureSetHash: 'f'.repeat(64) });
    await assert.rejects(unknown, { reason: 'FEATURE_SET_UNKNOWN' });
    await assert.rejects(audit(tester, { limit: -1 }), { reason: 'INVALID_FIELD' });
  });

  it('detects a window that leaves out its first millisecond', async () => {
    await assertDetected('flights24h', ({ origin, t, destination }, right) => {
      const atBegin = own(events, { origin, destination, t }).filter(
        (flight) => seenAt(flight) === t - dayMs,
      );
      return [right[0] - atBegin.length, right[1]];
    });
  });

  it('detects a late event that was dropped online', async () => {
    await assertDetected('delayMean30d', (question, right) => {
      const window = own(events, question).filter((flight) =>
        isWithin(flight, question.t - 30 * dayMs, question.t),
      );
      // Where the newest late event was not in the log yet, what was served is right as it is.
      const seen = window.filter(({ id }) => id !== 'late');
      if (meanOf(seen)[0] !== right[0]) return right;
      return meanOf(seen.filter(({ isLate }) => !isLate));
    });
  });

  it('detects a max age that is ignored', async () => {
    await assertDetected('routeMean7d', (question, right) => {
      if (right[1] !== featureStatus.outsideMaxAge) return right;
      const [value, status] = meanOf(
        own(events, question).filter(
          (flight) =>
            flight.destination === question.destination &&
            isWithin(flight, question.t - 7 * dayMs, question.t),
        ),
      );
      return [status === featureStatus.present ? value : -1, status];
    });
  });

  it('detects one ulp in one value', async () => {
    let isDone = false;
    const next: WrongReader = (_question, [value, status]) => {
      if (isDone || value === 0) return [value, status];
      isDone = true;
      const bits = new BigInt64Array(Float64Array.of(value).buffer);
      bits[0] = (bits[0] ?? 0n) + 1n;
      return [new Float64Array(bits.buffer)[0] ?? 0, status];
    };
    const found = await assertDetected('delayMean30d', next);
    assert.deepEqual(
      found.examples.map(({ ulps }) => ulps),
      [1],
    );
  });

  it('detects the last 30 rows in place of the last 30 days', async () => {
    await assertDetected('delayMean30d', (question, right) => {
      if (right[1] !== featureStatus.present) return right;
      const seen = own(events, question).filter((flight) => seenAt(flight) < question.t);
      return meanOf(seen.slice(-30));
    });
  });

  it('detects values that were changed after they were stamped', async () => {
    await audit(tester);
    const before = blocks();
    const [block] = before;
    assert.ok(block);
    const stamps = block.valueHashes.slice();
    stamps[3] = (stamps[3] ?? 0) ^ 1;
    await write({ ...block, valueHashes: stamps });
    const found = await audit(tester);
    await write(block);
    assert.deepEqual([found.mismatches, found.examples[0]?.feature], [1, '(value hash)']);
  });

  it('audits an answer whose key has a NUL, which was taken once, with all others', async () => {
    await audit(tester);
    const block = blocks().find(({ keys }) => keys.includes('QQQ'));
    assert.ok(block);
    await write({ ...block, keys: block.keys.map((key) => (key === 'QQQ' ? 'Q\u0000Q' : key)) });
    const found = await audit(tester);
    await write(block);
    assert.deepEqual([found.answers, found.mismatches, found.unauditable], [asked.length, 0, 0]);
  });

  it('refuses to read an entity with a control character in its key', async () => {
    for (const origin of ['Q\u0000Q', 'Q\n', '\u007f']) {
      await assert.rejects(tester.online([{ origin, destination: 'LAX', t: historyUntil }]), {
        reason: 'ENTITY_INVALID',
      });
    }
  });

  it('explains a value event by event, and names the mistake behind a wrong one', async () => {
    const question = asked[2];
    assert.ok(question);
    const featureSetHash = await tester.featureSetHash();
    const { origin, destination, t } = question;
    const query = { featureSetHash, rows: 1, keys: [origin, destination], atMs: bytesOf([t]) };
    const online = await tester.client.getOnlineFeatures({ query }, {});
    asked = [...asked, question];
    const logOffset = online.rows?.logOffset ?? 0;
    const explain = async (feature: string) => {
      const found = await tester.client.explainValues({ query, logOffset, feature }, {});
      const [explained] = found.features;
      assert.ok(explained);
      return explained;
    };
    const right = await explain('flights24h');
    const value = doubles(online.rows?.values ?? Buffer.alloc(0))[0];
    for (const side of [right.served, right.recomputed, right.online, right.recomputedNow]) {
      assert.deepEqual(side, { value, status: 'FEATURE_STATUS_PRESENT' });
    }
    assert.deepEqual(right.findings, []);
    const inWindow = right.events.filter((event) => event.isInWindow);
    assert.equal(inWindow.length, value);
    assert.equal(right.eventsInWindow, value);
    assert.ok(inWindow.every(({ atMs }) => atMs >= t - dayMs && atMs < t));
    assert.ok(
      inWindow.some(({ atMs }) => atMs === t - dayMs),
      'one lies at the very begin',
    );
    assert.ok(right.events.some(({ isLate }) => isLate) && right.events.some((e) => !e.isLate));
    const before = blocks();
    const isAsked = (other: Asked) =>
      other.t === t && other.origin === origin && other.destination === destination;
    const atBegin = own(events, question).filter((flight) => seenAt(flight) === t - dayMs).length;
    await plant(features.flights24h, (other, [count, status]) =>
      isAsked(other) ? [count - atBegin, status] : [count, status],
    );
    const wrong = await explain('flights24h');
    for (const block of before) await write(block);
    assert.match(wrong.findings[0] ?? '', /differs from its recomputation by \d+ ulp: an error/);
    assert.match(wrong.findings[1] ?? '', /leaves out events at its very begin, t - window/);
    const all = await tester.client.explainValues({ query }, {});
    assert.deepEqual(
      all.features.map(({ feature }) => feature),
      Object.keys(features),
    );
    const refused = (request: object) => tester.client.explainValues({ query, ...request }, {});
    await assert.rejects(refused({ feature: 'nope' }), { reason: 'FEATURE_UNKNOWN' });
    await assert.rejects(refused({ logOffset: 1e9 }), { reason: 'INVALID_FIELD' });
    await assert.rejects(refused({ logOffset: 5 }), { reason: 'INVALID_FIELD' });
  });

  it('leaves out, and counts, what this arithmetic or this mesh cannot compute', async () => {
    await audit(tester);
    const [block] = blocks();
    assert.ok(block);
    // The audit's thread may still look at the store as it was a moment ago.
    const counts = (unauditable: number) => async (): Promise<boolean> => {
      const found = await audit(tester);
      return found.unauditable === unauditable && found.answers === asked.length - unauditable;
    };
    await write({ ...block, computeVersion: computeVersion + 1 });
    await eventually('another arithmetic is left out', counts(block.rows));
    await write(block);
    await eventually('all is audited', counts(0));
    await write({ ...block, featureSetHash: 'e'.repeat(64) });
    await eventually('an unknown set is left out', counts(block.rows));
    await write(block);
  });

  it('knows an entity that was seen long before its windows from one that never was', async () => {
    const [quiet] = events;
    assert.ok(quiet && events.every((each) => each.date < historyUntil || !isOnRoute(each, quiet)));
    asked = [...asked, { ...quiet, t: historyUntil + 60 * dayMs }];
    await tester.online(asked.slice(-1));
    assert.equal((await audit(tester, { limit: 1 })).mismatches, 0);
    const [block] = blocks();
    assert.ok(block?.rows === 1 && !block.statuses.includes(featureStatus.notFound));
  });
});
