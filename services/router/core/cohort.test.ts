import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashPoint } from '../../shared/kernel/hash-point.ts';
import { assign, type CohortPolicy } from './cohort.ts';

const routing = {
  model: 'm',
  productionVersion: 3,
  productionGeneration: 1,
  previousVersion: 2,
  canaryVersion: 4,
  shadowVersions: [],
  fallbackVersion: 1,
};
const policy: CohortPolicy = {
  keyIndexes: [0],
  controlShare: 0.1,
  controlServes: 'rules',
  canaryShare: 0.2,
};
const keys = Array.from({ length: 20_000 }, (_, index) => [`key${index}`, `other${index % 7}`]);

describe('assign', () => {
  it('splits the entities by the shares', () => {
    const count = new Map<string, number>();
    for (const key of keys) {
      const { role } = assign(policy, routing, key);
      count.set(role, (count.get(role) ?? 0) + 1);
    }
    // 20,000 draws: a standard deviation of 0.3 % at most, so 1.5 % is five of them.
    assert.ok(Math.abs((count.get('CONTROL') ?? 0) / keys.length - 0.1) < 0.015);
    assert.ok(Math.abs((count.get('CANARY') ?? 0) / keys.length - 0.2) < 0.015);
  });
  it('keeps an entity in its cohort whatever else the request says', () => {
    for (const [first] of keys.slice(0, 200)) {
      const one = assign(policy, routing, [first ?? '', 'a']);
      assert.deepEqual(assign(policy, routing, [first ?? '', 'b']), one);
    }
  });
  it('moves nobody out of control or canary when the ramp goes on', () => {
    for (const key of keys.slice(0, 2_000)) {
      const before = assign(policy, routing, key).role;
      const after = assign({ ...policy, canaryShare: 0.5 }, routing, key).role;
      if (before !== 'PRODUCTION') assert.equal(after, before);
    }
  });
  it('serves control by the rules or the previous version, as the policy says', () => {
    const all = { ...policy, controlShare: 1, canaryShare: 0 };
    assert.deepEqual(assign(all, routing, ['x']), { role: 'CONTROL', version: undefined });
    const previous = assign({ ...all, controlServes: 'previous' }, routing, ['x']);
    assert.deepEqual(previous, { role: 'CONTROL', version: 2 });
  });
  it('depends on the salt, so that two models split differently', () => {
    assert.notEqual(hashPoint('a', ['x']), hashPoint('b', ['x']));
  });
});
