import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstDifference } from './parity.ts';

const vector = (values: readonly number[], statuses: readonly number[]) => ({
  values: new Uint8Array(Float64Array.from(values).buffer),
  statuses: Uint8Array.from(statuses),
});

describe('firstDifference', () => {
  it('finds none between equal vectors', () => {
    assert.equal(firstDifference(vector([1, 0.1], [0, 1]), vector([1, 0.1], [0, 1])), undefined);
  });
  it('finds one unit in the last place', () => {
    assert.equal(firstDifference(vector([1, 0.3], [0, 0]), vector([1, 0.1 + 0.2], [0, 0])), 1);
  });
  it('finds minus zero', () => {
    assert.equal(firstDifference(vector([0], [0]), vector([-0], [0])), 0);
  });
  it('finds a status that differs while the value is the same', () => {
    assert.equal(firstDifference(vector([0, 0], [0, 1]), vector([0, 0], [0, 2])), 1);
  });
  it('finds a column that one lacks', () => {
    assert.equal(firstDifference(vector([1], [0]), vector([1, 2], [0, 0])), 1);
  });
});
