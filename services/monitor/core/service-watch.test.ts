import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceWatch } from './service-watch.ts';

describe('ServiceWatch', () => {
  it('fires beyond the limit and is silent once the service is heard again', () => {
    const watch = new ServiceWatch(10_000);
    watch.heard('router', 0);
    watch.heard('feature', 5_000);
    assert.deepEqual(watch.firing(10_000), []);
    assert.deepEqual(
      watch.firing(10_001).map(({ rule, subject }) => [rule, subject]),
      [['service-silent', 'router']],
    );
    watch.heard('router', 11_000);
    assert.deepEqual(watch.firing(11_000), []);
  });

  it('knows nothing of a service that never spoke', () => {
    assert.deepEqual(new ServiceWatch(1).firing(1_000_000), []);
  });
});
