import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askedAfter, assertUnseen } from './past-traffic.ts';

describe('assertUnseen', () => {
  it('refuses to measure a version on an interval that it has learnt from, if only in part', () => {
    const asked = { fromMs: 10, untilMs: 20 };
    for (const [fromMs, untilMs] of [
      [0, 10],
      [20, 30],
    ] as const) {
      assertUnseen({ fromMs, untilMs }, asked);
    }
    for (const [fromMs, untilMs] of [
      [0, 11],
      [19, 30],
      [12, 13],
      [0, 30],
    ] as const) {
      assert.throws(() => assertUnseen({ fromMs, untilMs }, asked), {
        reason: 'EVIDENCE_MISMATCH',
      });
    }
  });
});

describe('askedAfter', () => {
  it('asks of a time that the online state still has, with all else as it was', () => {
    const request = { model: 'late', entities: { airport: 'ORD' }, requestFeatures: {}, atMs: 10 };
    const past = { request, label: 1, observedMs: 12 };
    const later = { ...past, request: { ...request, atMs: 99 } };
    assert.deepEqual(askedAfter([past, later], 50), [
      { ...past, request: { ...request, atMs: 51 } },
      later,
    ]);
  });
});
