import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { theilSenSlope } from './theil-sen.ts';

describe('theilSenSlope', () => {
  it('is that of a line', () => {
    assert.equal(theilSenSlope([0, 1, 3, 7].map((x) => [x, 2 * x + 5])), 2);
  });

  it('takes no notice of two points of ten that lie far off, at the end as well', () => {
    const points = Array.from({ length: 10 }, (_, x) => [x, x >= 8 ? 1_000 : x] as const);
    assert.equal(theilSenSlope(points), 1);
  });

  it('leaves out pairs of the same x, and is NaN where there is no other', () => {
    assert.equal(
      theilSenSlope([
        [1, 1],
        [1, 9],
        [2, 5],
      ]),
      0,
    );
    assert.ok(Number.isNaN(theilSenSlope([[1, 1]])));
  });
});
