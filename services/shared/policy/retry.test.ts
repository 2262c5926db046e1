import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError, type MeshErrorOptions } from '../kernel/mesh-error.ts';
import { backoffMs, retryDelayMs } from './retry.ts';
import { createRetryBudget } from './retry-budget.ts';

function failed(error: Partial<MeshErrorOptions> = {}) {
  return {
    error: new MeshError({
      code: 'UNAVAILABLE',
      reason: 'PEER_UNAVAILABLE',
      message: 'the peer is down',
      ...error,
    }),
    attempts: 1,
    attemptsMax: 3,
    replicas: 1,
    isIdempotent: true,
    remainingMs: 1_000,
    chance: 0,
  };
}

describe('retry', () => {
  it('waits longer with each try, with jitter, up to a limit', () => {
    assert.deepEqual(
      [1, 2, 3, 9].map((attempts) => backoffMs(attempts, 0)),
      [5, 10, 20, 125],
    );
    assert.ok(backoffMs(9, 0.999) < 250);
    assert.equal(retryDelayMs(failed()), 5);
  });

  it('waits as long as the server asks for', () => {
    assert.equal(retryDelayMs(failed({ retry: { kind: 'after', delayMs: 70 } })), 70);
  });

  it('gives up when tries or time are over', () => {
    assert.equal(retryDelayMs({ ...failed(), attempts: 3 }), undefined);
    assert.equal(retryDelayMs({ ...failed(), remainingMs: 5 }), undefined);
  });

  it('tries again only what is unavailable, and may be sent twice or never ran', () => {
    assert.equal(retryDelayMs(failed({ code: 'RESOURCE_EXHAUSTED' })), undefined);
    assert.equal(retryDelayMs({ ...failed(), isIdempotent: false }), undefined);
    assert.equal(retryDelayMs({ ...failed({ reason: 'DRAINING' }), isIdempotent: false }), 5);
  });
});

describe('retry of a refusal', () => {
  const refused = (replicas: number, attempts = 1) => ({
    ...failed({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'OVERLOADED',
      retry: { kind: 'after', delayMs: 400 },
    }),
    replicas,
    attempts,
  });

  it('asks each other server once, at once, and nobody twice', () => {
    assert.equal(retryDelayMs(refused(1)), undefined);
    assert.equal(retryDelayMs(refused(2)), 0);
    assert.equal(retryDelayMs(refused(2, 2)), undefined);
    assert.equal(retryDelayMs({ ...refused(2), isIdempotent: false }), 0);
    assert.equal(retryDelayMs({ ...refused(2), remainingMs: 0 }), undefined);
    assert.equal(retryDelayMs({ ...refused(9, 3), attemptsMax: 3 }), undefined);
  });
});

describe('retry budget', () => {
  it('gives retries as a share of calls, and saves up a few', () => {
    const budget = createRetryBudget({ retriesPerCall: 0.5, retriesMax: 2 });
    assert.deepEqual(
      [budget.withdraw(), budget.withdraw(), budget.withdraw()],
      [true, true, false],
    );
    budget.deposit();
    assert.equal(budget.withdraw(), false);
    budget.deposit();
    assert.equal(budget.withdraw(), true);
    for (let call = 0; call < 100; call += 1) budget.deposit();
    assert.deepEqual(
      [budget.withdraw(), budget.withdraw(), budget.withdraw()],
      [true, true, false],
    );
  });
});
