import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthPercent } from './heap-growth.ts';

describe('growthPercent', () => {
  it('lets a small heap grow to four times what is alive, and leaves a large one to V8', () => {
    const limit = 160 * 1_024 ** 2;
    assert.deepEqual([0, limit, limit + 1, 4 * limit].map(growthPercent), [300, 300, 0, 0]);
  });
});
