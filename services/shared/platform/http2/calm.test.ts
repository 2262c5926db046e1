import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Calm } from './calm.ts';
import { ResetRing } from './reset-ring.ts';

describe('Calm', () => {
  /** How many are taken at a time. */
  function taken(calm: Calm, nowMs: number): number {
    let count = 0;
    while (calm.take(1, () => nowMs)) count += 1;
    return count;
  }

  it('takes 40,000 frames at once, and no more', () => {
    assert.equal(taken(new Calm(5), 5), 40_000);
  });

  it('takes 10,000 more for each second', () => {
    const calm = new Calm(0);
    assert.equal(taken(calm, 0), 40_000);
    assert.equal(taken(calm, 500), 5_000);
    assert.equal(taken(calm, 1_500), 10_000);
  });

  it('counts what makes more work as more', () => {
    const calm = new Calm(0);
    assert.ok(calm.take(39_000, () => 0));
    assert.equal(taken(calm, 0), 1_000);
  });

  it('takes no more at once after a long time', () => {
    const calm = new Calm(0);
    assert.equal(taken(calm, 0), 40_000);
    assert.equal(taken(calm, 3_600_000), 40_000);
  });

  it('takes as many as come in a second for ever', () => {
    const calm = new Calm(0);
    for (let second = 0; second < 30; second += 1) {
      for (let at = 0; at < 9_900; at += 1) {
        assert.ok(
          calm.take(1, () => second * 1_000 + at / 10),
          `second ${second}`,
        );
      }
    }
  });
});

describe('ResetRing', () => {
  it('knows the streams that were reset, and none else', () => {
    const ring = new ResetRing();
    assert.equal(ring.has(1), false);
    ring.add(1);
    ring.add(5);
    assert.deepEqual(
      [1, 3, 5, 8_193].map((id) => ring.has(id)),
      [true, false, true, false],
    );
  });

  it('forgets one for another 4,096 requests after it', () => {
    const ring = new ResetRing();
    for (let id = 1; id <= 8_193; id += 2) ring.add(id);
    assert.deepEqual(
      [1, 3, 8_191, 8_193].map((id) => ring.has(id)),
      [false, true, true, true],
    );
  });
});
