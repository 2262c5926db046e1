import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import { toValue } from './to-value.ts';

describe('toValue', () => {
  it('keeps the type that the caller gave', () => {
    assert.deepEqual(toValue('a', 1), { number: 1 });
    assert.deepEqual(toValue('a', 'x'), { text: 'x' });
    assert.deepEqual(toValue('a', false), { flag: false });
    assert.deepEqual(toValue('a', new Date(5)), { timeMs: 5 });
  });
  it('refuses what is not finite before it is sent', () => {
    for (const input of [Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)]) {
      assert.throws(
        () => toValue('a', input),
        (error) => error instanceof MeshError && error.reason === 'REQUEST_FEATURE_INVALID',
      );
    }
  });
});
