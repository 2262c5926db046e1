import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LatencyCurve } from './latency-curve.ts';

describe('LatencyCurve', () => {
  it('knows nothing at first', () => {
    assert.equal(new LatencyCurve().estimate(7), 0);
  });

  it('comes to what calls of a size take, and a margin for how they vary', () => {
    const curve = new LatencyCurve();
    for (let call = 0; call < 100; call += 1) curve.add(1, call % 2 === 0 ? 9 : 11);
    const estimate = curve.estimate(1);
    assert.ok(estimate > 11 && estimate < 14, String(estimate));
  });

  it('forgets a slow spell', () => {
    const curve = new LatencyCurve();
    curve.add(1, 500);
    for (let call = 0; call < 60; call += 1) curve.add(1, 2);
    assert.ok(curve.estimate(1) < 4, String(curve.estimate(1)));
  });

  it('takes a size that was not seen for the next larger one, else for the largest smaller one', () => {
    const curve = new LatencyCurve();
    for (let call = 0; call < 50; call += 1) {
      curve.add(4, 4);
      curve.add(64, 30);
    }
    assert.ok(Math.abs(curve.estimate(3) - 4) < 0.1);
    assert.ok(Math.abs(curve.estimate(1) - 4) < 0.1);
    assert.ok(Math.abs(curve.estimate(8) - 30) < 0.1);
    assert.ok(Math.abs(curve.estimate(1_000) - 30) < 0.1);
  });
});
