import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { constantArrivals, rampingArrivals } from './arrival-schedule.ts';

describe('constantArrivals', () => {
  it('starts at once and keeps equal distances, without the end', () => {
    const { arrivals, durationMs } = constantArrivals({
      rate: 4,
      timeUnitMs: 1_000,
      durationMs: 1_000,
    });
    assert.deepEqual([...arrivals()], [0, 250, 500, 750]);
    assert.equal(durationMs, 1_000);
  });
  it('does not drift over an hour', () => {
    const schedule = constantArrivals({ rate: 3, timeUnitMs: 1_000, durationMs: 3_600_000 });
    const all = [...schedule.arrivals()];
    assert.equal(all.length, 10_800);
    assert.equal(all.at(-3), 3_599_000);
  });
  it('knows other time units', () => {
    const schedule = constantArrivals({ rate: 2, timeUnitMs: 60_000, durationMs: 60_000 });
    assert.deepEqual([...schedule.arrivals()], [0, 30_000]);
    assert.equal(schedule.rateAt(5), 2 / 60);
    assert.equal(schedule.rateAt(60_000), 0);
  });
});

describe('rampingArrivals', () => {
  it('is a constant rate where nothing ramps, the first iteration after one distance', () => {
    const schedule = rampingArrivals({
      startRate: 4,
      timeUnitMs: 1_000,
      stages: [{ durationMs: 1_000, target: 4 }],
    });
    assert.deepEqual([...schedule.arrivals()], [250, 500, 750, 1_000]);
  });
  it('starts the n-th iteration where the area under the rate is n', () => {
    // From 0 to 2 per second in 4 s: area t^2 / 4, so n at 2 sqrt(n) seconds; then 2 per second for 1 s.
    const schedule = rampingArrivals({
      startRate: 0,
      timeUnitMs: 1_000,
      stages: [
        { durationMs: 4_000, target: 2 },
        { durationMs: 1_000, target: 2 },
      ],
    });
    const wanted = [2_000, 2_000 * Math.SQRT2, 2_000 * Math.sqrt(3), 4_000, 4_500, 5_000];
    const got = [...schedule.arrivals()];
    assert.equal(got.length, wanted.length);
    for (const [index, ms] of wanted.entries()) {
      assert.ok(Math.abs((got[index] ?? 0) - ms) < 1e-6, `${got[index]}, not ${ms}`);
    }
    assert.equal(schedule.rateAt(2_000), 1);
  });
  it('jumps at a stage of no length, and has no iterations at a rate of 0', () => {
    const schedule = rampingArrivals({
      startRate: 0,
      timeUnitMs: 1_000,
      stages: [
        { durationMs: 1_000, target: 0 },
        { durationMs: 0, target: 2 },
        { durationMs: 1_000, target: 2 },
        { durationMs: 0, target: 0 },
        { durationMs: 1_000, target: 0 },
      ],
    });
    assert.deepEqual([...schedule.arrivals()], [1_500, 2_000]);
    assert.equal(schedule.durationMs, 3_000);
    assert.deepEqual(
      [schedule.rateAt(500), schedule.rateAt(1_500), schedule.rateAt(2_500)],
      [0, 2, 0],
    );
  });
  it('ascends, stays within its duration and has as many iterations as the area, whatever the stages', () => {
    const stage = fc.record({
      durationMs: fc.integer({ min: 0, max: 5_000 }),
      target: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.array(stage, { maxLength: 6 }),
        (startRate, stages) => {
          const schedule = rampingArrivals({ startRate, timeUnitMs: 1_000, stages });
          let area = 0;
          let from = startRate;
          for (const { durationMs, target } of stages) {
            area += (durationMs * (from + target)) / 2_000;
            from = target;
          }
          const all = [...schedule.arrivals()];
          assert.equal(all.length, Math.floor(area + 1e-6));
          for (const [index, at] of all.entries()) {
            assert.ok(at >= (all[index - 1] ?? 0) - 1e-6 && at <= schedule.durationMs + 1e-6);
          }
        },
      ),
      { seed: 2001 },
    );
  });
});
