import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideRestart, restartPolicyDefault as policy } from './restart-policy.ts';

const delayAfter = (crashesInRow: number, healthyForMs = 0) => {
  const decision = decideRestart(policy, { crashesInRow, healthyForMs, wasEverHealthy: true });
  return decision.kind === 'restart' ? decision.delayMs : decision.kind;
};

describe('decideRestart', () => {
  it('doubles the wait from 100 ms up to 5 s', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((row) => delayAfter(row));
    assert.deepEqual(delays, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('stays at the limit for a row of any length', () => {
    assert.equal(delayAfter(5_000), 5_000);
  });

  it('starts over after 30 s of health, and not a moment earlier', () => {
    assert.equal(delayAfter(6, 29_999), 5_000);
    assert.equal(delayAfter(6, 30_000), 100);
  });

  it('counts the crash that it decides about', () => {
    const decision = decideRestart(policy, {
      crashesInRow: 2,
      healthyForMs: 0,
      wasEverHealthy: true,
    });
    assert.deepEqual(decision, { kind: 'restart', delayMs: 400, crashesInRow: 3 });
  });

  it('gives up on what was never healthy at the third crash', () => {
    const kinds = [0, 1, 2].map(
      (crashesInRow) =>
        decideRestart(policy, { crashesInRow, healthyForMs: 0, wasEverHealthy: false }).kind,
    );
    assert.deepEqual(kinds, ['restart', 'restart', 'give-up']);
  });
});
