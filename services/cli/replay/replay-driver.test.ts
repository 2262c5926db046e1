import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epochMs, monotonicMs } from '../../shared/kernel/units.ts';
import { ReplayDriver, type ReplayOutcome, type ReplaySettings } from './replay-driver.ts';
import type { SourceRows } from './source-rows.ts';

const hour = 3_600_000;

async function* flightsAt(times: readonly number[]): AsyncGenerator<SourceRows> {
  yield await Promise.resolve({
    rows: times.length,
    eventIds: times.map(String),
    numbers: new Map([['date', Float64Array.from(times)]]),
    texts: new Map(),
    nulls: new Map(),
  });
}

function replay(times: readonly number[], change: Partial<ReplaySettings> = {}) {
  const trail: string[] = [];
  const outcomes: ReplayOutcome[] = [];
  let underWay = 0;
  let underWayMax = 0;
  const driver = new ReplayDriver(
    {
      clock: {
        monotonic: () => monotonicMs(0),
        epoch: () => epochMs(0),
        sleep: () => Promise.resolve(),
      },
      events: flightsAt(times),
      examples: flightsAt(times),
      ingest(rows) {
        trail.push(`ingest ${rows.eventIds.join(',')}`);
        return Promise.resolve();
      },
      async predict(rows, index) {
        underWay += 1;
        underWayMax = Math.max(underWayMax, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        trail.push(`predict ${rows.eventIds[index]}`);
        return { predictionId: `p${rows.eventIds[index]}`, score: 0.5 };
      },
      recordOutcomes(known) {
        outcomes.push(...known);
        trail.push(`outcomes ${known.map((outcome) => outcome.predictionId).join(',')}`);
        return Promise.resolve();
      },
      onProgress: () => undefined,
    },
    {
      fromMs: 0,
      untilMs: 3 * hour,
      visibleAfterMs: hour,
      predictEvery: 1,
      eventTime: 'date',
      labelOf: () => 1,
      inFlightMax: 2,
      speed: 0,
      ...change,
    },
  );
  return { driver, trail, outcomes, most: () => underWayMax };
}

const running = new AbortController().signal;

describe('ReplayDriver', () => {
  it('ingests what is visible, then predicts, then records what became known, hour by hour', async () => {
    const { driver, trail } = replay([1, hour + 1, 2 * hour + 1]);
    await driver.run(running);
    assert.deepEqual(trail, [
      'predict 1',
      'ingest 1',
      `predict ${hour + 1}`,
      'outcomes p1',
      `ingest ${hour + 1}`,
      `predict ${2 * hour + 1}`,
      `outcomes p${hour + 1}`,
      `outcomes p${2 * hour + 1}`,
    ]);
  });
  it('predicts every k-th example, counted over the whole interval', async () => {
    const { driver, outcomes } = replay([1, 2, 3, hour + 1, hour + 2], { predictEvery: 2 });
    await driver.run(running);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.predictionId),
      ['p1', 'p3', `p${hour + 2}`],
    );
  });
  it('keeps no more predictions under way than it may', async () => {
    const { driver, most, outcomes } = replay([1, 2, 3, 4, 5, 6, 7]);
    await driver.run(running);
    assert.equal(most(), 2);
    assert.equal(outcomes.length, 7);
  });
  it('stops when it is told to', async () => {
    const { driver } = replay([1]);
    await assert.rejects(driver.run(AbortSignal.abort(new Error('enough'))), /enough/);
  });
});
