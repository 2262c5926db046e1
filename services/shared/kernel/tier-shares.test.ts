import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tierShares } from './tier-shares.ts';

describe('tierShares', () => {
  it('says who answers now, whoever answered before', () => {
    const tiers = [
      { count: 9_000, recentCount: 0 },
      { count: 1_000, recentCount: 75 },
      { count: 25, recentCount: 25 },
    ];
    assert.deepEqual(tierShares(tiers), [0, 0.75, 0.25]);
  });
  it('says who has answered where nobody asks', () => {
    const tiers = [
      { count: 30, recentCount: 0 },
      { count: 10, recentCount: 0 },
    ];
    assert.deepEqual(tierShares(tiers), [0.75, 0.25]);
    assert.deepEqual(tierShares([{ count: 0, recentCount: 0 }]), [0]);
    assert.deepEqual(tierShares([]), []);
  });
});
