import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LatencyCurve } from './latency-curve.ts';

describe('LatencyCurve', () => {
  it('knows nothing at first', () => {
    assert.equal(new LatencyCurve().estimate(7), 0);
  });

  it('gives what calls of a size take as a rule', () => {
    const curve = new LatencyCurve();
    for (const tookMs of [9, 11, 10, 12, 8]) curve.add(1, tookMs);
    assert.equal(curve.estimate(1), 10);
  });

  it('is not moved by single slow calls, however slow', () => {
    const curve = new LatencyCurve();
    for (let call = 0; call < 100; call += 1) {
      curve.add(1, call % 4 === 0 ? 5_000 : 2);
      assert.ok(curve.estimate(1) === 2 || call < 2, `call ${call}`);
    }
  });

  it('follows a model that became slow, and one that recovered, within three calls', () => {
    const curve = new LatencyCurve();
    for (let call = 0; call < 50; call += 1) curve.add(1, 2);
    for (const estimate of [2, 2, 500]) {
      curve.add(1, 500);
      assert.equal(curve.estimate(1), estimate);
    }
    for (let call = 0; call < 50; call += 1) curve.add(1, 500);
    for (const estimate of [500, 500, 2]) {
      curve.add(1, 2);
      assert.equal(curve.estimate(1), estimate);
    }
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
