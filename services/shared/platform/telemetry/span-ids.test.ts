import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanIds } from './span-ids.ts';

describe('SpanIds', () => {
  it('gives ids of the length that W3C asks for', () => {
    const ids = new SpanIds();
    assert.match(ids.newSpanId(), /^[0-9a-f]{16}$/);
    assert.match(ids.newTraceId(), /^[0-9a-f]{32}$/);
  });

  it('gives no id twice, also when its pool is filled anew', () => {
    const ids = new SpanIds();
    const made = new Set(Array.from({ length: 5_000 }, () => ids.newSpanId()));
    assert.equal(made.size, 5_000);
  });
});
