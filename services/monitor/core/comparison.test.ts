import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ComparedRequest, compareShadow } from './comparison.ts';

function request(
  change: Partial<ComparedRequest> & { readonly score?: number } = {},
): ComparedRequest {
  const { score = 0.5, ...rest } = change;
  return {
    entity: 'a',
    atMs: 1,
    receivedAtMs: 1,
    shadow: { score, latencyMs: 1 },
    baselineScore: 0.5,
    label: undefined,
    ...rest,
  };
}

/** A generator that gives the same numbers in [0, 1) each time. @source Park and Miller 1988 */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('compareShadow', () => {
  it('says nothing of nothing', () => {
    const none = compareShadow([], 0.5);
    assert.deepEqual([none.expected, none.answered, none.pairs, none.labelled], [0, 0, 0, 0]);
    assert.equal(none.flipShareUpper, 1);
    assert.equal(none.lossDifferenceUpper, Number.POSITIVE_INFINITY);
    assert.equal(none.shadowP99UpperMs, Number.POSITIVE_INFINITY);
  });
  it('counts each failure against the shadow by its reason, and pairs only what the baseline answered', () => {
    const found = compareShadow(
      [
        request(),
        request({ shadow: { failure: 'QUEUE_FULL' } }),
        request({ shadow: { failure: 'QUEUE_FULL' } }),
        request({ shadow: { failure: 'MISSING' } }),
        request({ baselineScore: undefined }),
      ],
      0.5,
    );
    assert.deepEqual([found.expected, found.answered, found.pairs], [5, 2, 1]);
    assert.deepEqual(found.failures, { QUEUE_FULL: 2, MISSING: 1 });
  });
  it('counts a flip where the decision is another one, the threshold itself among the positive', () => {
    const scores = [0.1, 0.25, 0.3, 0.2];
    const found = compareShadow(
      scores.map((score) => request({ score, baselineScore: 0.25 })),
      0.25,
    );
    assert.deepEqual([found.pairs, found.flips], [4, 2]);
  });
  it('gives log loss and its difference on pairs with an outcome', () => {
    const found = compareShadow(
      [
        request({ score: 0.8, baselineScore: 0.5, label: 1 }),
        request({ score: 0.4, baselineScore: 0.5, label: 0 }),
        request({ score: 0.9 }),
      ],
      0.5,
    );
    assert.deepEqual([found.labelled, found.positives], [2, 1]);
    assert.equal(found.shadowLogLoss, -(Math.log(0.8) + Math.log(0.6)) / 2);
    assert.equal(found.baselineLogLoss, Math.log(2));
    assert.equal(found.shadowAuc, 1);
    assert.equal(found.lossDifferenceUpper, Number.POSITIVE_INFINITY);
  });
  it('holds a shadow that is equal to a margin, and one that is worse not', () => {
    const next = chance(7);
    const make = (spoil: number) =>
      Array.from({ length: 4_000 }, (_, index) => {
        const truth = 0.1 + 0.8 * next();
        const label = next() < truth ? 1 : 0;
        const score = Math.min(0.99, Math.max(0.01, truth + spoil * (next() - 0.5)));
        return request({ entity: `e${index % 400}`, score, baselineScore: truth, label });
      });
    assert.ok(compareShadow(make(0), 0.5).lossDifferenceUpper <= 0.01);
    assert.ok(compareShadow(make(0.9), 0.5).lossDifferenceUpper > 0.01);
  });
  it('does not take the requests of one entity for so many independent ones', () => {
    const next = chance(11);
    const of = (entities: number) =>
      compareShadow(
        Array.from({ length: 2_000 }, (_, index) => {
          const entity = index % entities;
          const score = entity % 2 === 0 ? 0.6 : 0.4;
          return request({ entity: `e${entity}`, score, label: next() < 0.5 ? 1 : 0 });
        }),
        0.5,
      );
    const width = ({
      lossDifferenceUpper,
      shadowLogLoss,
      baselineLogLoss,
    }: ReturnType<typeof of>) => lossDifferenceUpper - (shadowLogLoss - baselineLogLoss);
    assert.ok(width(of(6)) > 0);
    assert.ok(Number.isFinite(of(2_000).lossDifferenceUpper));
    assert.equal(of(4).lossDifferenceUpper, Number.POSITIVE_INFINITY);
  });
  it('takes what was given up for later than any answer, and what is missing for nothing', () => {
    const of = (failure: string, failures: number) => {
      const requests = Array.from({ length: 4_000 }, (_, index) =>
        request(index < failures ? { shadow: { failure } } : {}),
      );
      const { shadowP50Ms, shadowP99Ms, shadowP99UpperMs } = compareShadow(requests, 0.5);
      return [shadowP50Ms, shadowP99Ms, shadowP99UpperMs];
    };
    const never = Number.POSITIVE_INFINITY;
    assert.deepEqual(of('DEADLINE_PASSED', 4), [1, 1, 1]);
    assert.deepEqual(of('DEADLINE_PASSED', 36), [1, 1, never]);
    assert.deepEqual(of('DEADLINE_PASSED', 41), [1, never, never]);
    assert.deepEqual(of('DEADLINE_PASSED', 4_000), [never, never, never]);
    assert.deepEqual(of('MISSING', 41), [1, 1, 1]);
  });
  it('bounds the 99th percentile of the latency', () => {
    const found = compareShadow(
      Array.from({ length: 1_000 }, (_, index) =>
        request({ shadow: { score: 0.5, latencyMs: index + 1 } }),
      ),
      0.5,
    );
    assert.deepEqual([found.shadowP50Ms, found.shadowP99Ms], [500, 990]);
    assert.ok(found.shadowP99UpperMs > 990 && found.shadowP99UpperMs <= 1_000);
  });
});
