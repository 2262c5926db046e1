import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cohortsOf, type RoutedModel, rampOf } from './cohorts.ts';

const routed: RoutedModel = {
  productionVersion: 2,
  fallbackVersion: 1,
  canaryVersion: 3,
  canaryShare: 0.1,
  controlShare: 0.05,
  controlServes: 'rules',
  shadowVersions: [4],
  shadowRate: 1,
  isShadowPaused: false,
  reverseShadowVersion: 2,
  reverseShadowRate: 0.1,
};

describe('cohortsOf', () => {
  it('gives the canary its share of what control leaves, and all callers to somebody', () => {
    const cohorts = cohortsOf(routed);
    const shareOf = (role: string) => cohorts.find((one) => one.role === role)?.share ?? 0;
    assert.ok(Math.abs(shareOf('canary') - 0.095) < 1e-12);
    const answered = shareOf('production') + shareOf('canary') + shareOf('control');
    assert.ok(Math.abs(answered - 1) < 1e-12);
  });

  it('says that the fallback answers where nothing is in production', () => {
    const [production] = cohortsOf({ ...routed, productionVersion: 0, canaryVersion: 0 });
    assert.equal(production?.serves, 'the fallback');
  });

  it('sends nothing to shadows that are paused', () => {
    const shadows = cohortsOf({ ...routed, isShadowPaused: true }).filter(({ role }) =>
      role.endsWith('shadow'),
    );
    assert.deepEqual(
      shadows.map(({ share, note }) => [share, note]),
      [
        [0, 'paused'],
        [0, 'paused'],
      ],
    );
  });
});

describe('rampOf', () => {
  const steered = {
    generation: 4,
    isShadowPaused: false,
    steps: [0.01, 0.1, 1],
    holdForMs: 60_000,
  };
  const canary = { version: 3, share: 0.01, isHeld: false, sinceMs: 1_000 };

  it('names the next step and when it is due', () => {
    const { nextStep, dueAtMs } = rampOf({ ...steered, canary });
    assert.deepEqual([nextStep, dueAtMs], [0.1, 61_000]);
  });

  it('has none behind the last step, and one at once after all was taken away', () => {
    assert.equal(rampOf({ ...steered, canary: { ...canary, share: 1 } }).nextStep, undefined);
    const { nextStep, dueAtMs } = rampOf({ ...steered, canary: { ...canary, share: 0 } });
    assert.deepEqual([nextStep, dueAtMs], [0.01, 1_000]);
  });

  it('is none without a canary', () => {
    const ramp = rampOf({ ...steered, canary: undefined });
    assert.deepEqual([ramp.canaryVersion, ramp.share, ramp.nextStep], [0, 0, undefined]);
  });
});
