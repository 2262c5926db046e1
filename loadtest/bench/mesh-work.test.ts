import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workBetween } from './mesh-work.ts';

const summary = {
  predictions: 100,
  tiers: [
    { tier: 'TIER_MODEL', version: 2, count: 90 },
    { tier: 'TIER_RULES', version: 0, count: 10 },
  ],
  shadowPairs: 80,
  shadowExpected: 90,
  parityPending: 0,
  dropped: 1,
} as const;

describe('workBetween', () => {
  it('gives what was added, over all versions of a tier', () => {
    const after = {
      ...summary,
      predictions: 160,
      tiers: [
        { tier: 'TIER_MODEL', version: 2, count: 95 },
        { tier: 'TIER_MODEL', version: 3, count: 40 },
        { tier: 'TIER_FALLBACK', version: 1, count: 15 },
        { tier: 'TIER_RULES', version: 0, count: 10 },
      ],
      shadowPairs: 130,
      shadowExpected: 145,
      dropped: 3,
    } as const;
    assert.deepEqual(workBetween(summary, after), {
      logged: 60,
      model: 45,
      fallback: 15,
      rules: 0,
      shadowExpected: 55,
      shadowPairs: 50,
      dropped: 2,
    });
  });
});
