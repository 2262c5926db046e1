import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDuration } from './parse-duration.ts';

describe('parseDuration', () => {
  it('reads parts with units, and takes a bare number for ms', () => {
    assert.equal(parseDuration('1m30s'), 90_000);
    assert.equal(parseDuration('500ms'), 500);
    assert.equal(parseDuration('1.5h'), 5_400_000);
    assert.equal(parseDuration('0s'), 0);
    assert.equal(parseDuration('250'), 250);
    assert.equal(parseDuration(250), 250);
  });
  it('gives nothing for what is no duration', () => {
    for (const wrong of ['', 's', '10 s', '-5s', '5x', '5s!', -1, Number.NaN, undefined, {}]) {
      assert.equal(parseDuration(wrong), undefined, String(wrong));
    }
  });
});
