import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { LiftSampler } from './lift-sampler.ts';

type WireLift = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getLift'>;

const cohort = {
  ...{ answers: 10, degraded: 0, labelled: 8, entities: 5, meanValue: 0.2 },
  ...{ latencyP50Ms: 4, latencyP99Ms: 9, auc: 0.7 },
};
const wire: WireLift = {
  ...{ version: 2, verdict: 'LIFT_VERDICT_BETTER', fromMs: 1, untilMs: 2 },
  ...{ modelCohort: cohort, controlCohort: cohort, before: null },
  ...{ lift: 0.1, lower: 0.02, upper: 0.18, harmPValue: 1, varianceLeft: 1 },
  ...{ wantedShare: 0.8, share: 0.79, sampleRatioPValue: 1, alpha: 0.05 },
  ...{ liftMin: 0, margin: 0, explanation: '', scanned: 18, isCut: false, asOfMs: 3 },
};

function samplerOf(state: { answer: WireLift; asked: number }) {
  const clock = new ManualClock();
  const monitor = {
    getLift() {
      state.asked += 1;
      return Promise.resolve(state.answer);
    },
  };
  return { clock, sampler: new LiftSampler({ monitor, models: ['m'], clock }) };
}

describe('LiftSampler', () => {
  it('asks the monitor once in a while however often it is asked, and keeps each answer that is another', async () => {
    const state = { answer: wire, asked: 0 };
    const { clock, sampler } = samplerOf(state);
    await sampler.liftOf('m');
    await sampler.liftOf('m');
    assert.equal(state.asked, 1);
    await clock.advance(10_000);
    await sampler.liftOf('m');
    state.answer = { ...wire, lower: 0.05, upper: 0.15 };
    await clock.advance(10_000);
    const { points, verdict } = await sampler.liftOf('m');
    assert.equal(state.asked, 3);
    assert.equal(verdict, 'better');
    assert.deepEqual(
      points.map(({ lower, upper }) => [lower, upper]),
      [
        [0.02, 0.18],
        [0.05, 0.15],
      ],
    );
  });

  it('begins anew with another version, and keeps nothing that has no bounds', async () => {
    const state = { answer: wire, asked: 0 };
    const { clock, sampler } = samplerOf(state);
    await sampler.liftOf('m');
    const { NEGATIVE_INFINITY: lower, POSITIVE_INFINITY: upper } = Number;
    state.answer = { ...wire, version: 3, lower, upper };
    await clock.advance(10_000);
    const unbounded = await sampler.liftOf('m');
    assert.deepEqual(
      [unbounded.points, unbounded.lower, unbounded.upper],
      [[], undefined, undefined],
    );
    state.answer = { ...wire, version: 3 };
    await clock.advance(10_000);
    assert.equal((await sampler.liftOf('m')).points.length, 1);
  });

  it('thins out what it has seen rather than forget how it began', async () => {
    const state = { answer: wire, asked: 0 };
    const { clock, sampler } = samplerOf(state);
    for (let index = 0; index < 3_000; index += 1) {
      state.answer = { ...wire, lift: index };
      await sampler.liftOf('m');
      await clock.advance(10_000);
    }
    const { points } = await sampler.liftOf('m');
    assert.ok(points.length <= 1_440 && points.length > 700, `${points.length}`);
    assert.equal(points[0]?.lift, 0);
  });
});
