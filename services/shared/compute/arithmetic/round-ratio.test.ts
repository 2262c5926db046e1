import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nearest, nearestRoot } from '../../../../test/support/rational-oracle.ts';
import { rootOfSmallRatio, roundRatio, roundRootRatio } from './round-ratio.ts';

const anyInteger = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.bigInt({ min: -(2n ** 1_200n), max: 2n ** 1_200n }),
  fc.bigInt({ min: -20n, max: 20n }),
);
const positive = anyInteger.map((value) => (value < 0n ? -value : value) + 1n);

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

describe('roundRatio', () => {
  it('gives the nearest double, as the oracle does', () => {
    fc.assert(
      fc.property(anyInteger, positive, (top, bottom) => {
        const wanted = nearest({ top, bottom });
        assert.ok(Object.is(finite(roundRatio(top, bottom)), wanted + 0));
      }),
      { numRuns: 3_000, seed: 21 },
    );
  });

  it('goes to the even one of two that are as near, down to the least subnormal', () => {
    assert.equal(roundRatio(2n ** 54n + 2n, 2n), 2 ** 53);
    assert.equal(roundRatio(2n ** 54n + 6n, 2n), 2 ** 53 + 4);
    assert.equal(roundRatio(1n, 1n, -1_074), 5e-324);
    assert.equal(roundRatio(1n, 2n, -1_074), 0);
    assert.equal(roundRatio(3n, 2n, -1_074), 1e-323);
    assert.ok(Object.is(roundRatio(-1n, 2n, -1_074), 0), 'never a negative zero');
  });
});

describe('roundRootRatio', () => {
  it('gives the double nearest to the root, as the oracle does', () => {
    fc.assert(
      fc.property(positive, positive, (top, bottom) => {
        assert.equal(roundRootRatio(top, bottom), nearestRoot({ top, bottom }));
      }),
      { numRuns: 3_000, seed: 22 },
    );
  });
});

describe('rootOfSmallRatio', () => {
  it('gives the same double, or nothing', () => {
    let unknown = 0;
    const small = fc.oneof(
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.maxSafeNat().map((value) => Math.max(1, value)),
    );
    fc.assert(
      fc.property(small, small, (top, bottom) => {
        const root = rootOfSmallRatio(top, bottom);
        if (root === undefined) unknown += 1;
        else assert.equal(root, roundRootRatio(BigInt(top), BigInt(bottom)));
      }),
      { numRuns: 20_000, seed: 23 },
    );
    assert.ok(unknown < 20, `${unknown} roots were left to whole numbers`);
  });
});
