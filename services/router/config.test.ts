import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeshError } from '../shared/kernel/mesh-error.ts';
import type { ServiceConfig } from '../shared/platform/process/service-config.ts';
import { routerConfig } from './config.ts';

describe('routerConfig', () => {
  it('traces one in a hundred and hedges nothing by default', () => {
    assert.deepEqual(routerConfig({ options: {} }), { traceShare: 0.01, hedge: undefined });
  });

  it('hedges after the 95th percentile, or so many ms, a share of the rows', () => {
    const hedgeOf = (options: ServiceConfig['options']) => routerConfig({ options }).hedge;
    assert.deepEqual(hedgeOf({ hedgeAfter: 'p95' }), { after: 'p95', shareMax: 0.05 });
    assert.deepEqual(hedgeOf({ hedgeAfter: 20, hedgeShare: 1 }), { after: 20, shareMax: 1 });
    assert.equal(hedgeOf({ hedgeAfter: 0 }), undefined);
  });

  it('refuses what is no setting of a router', () => {
    const wrong: readonly ServiceConfig['options'][] = [
      { traceShare: 1.1 },
      { traceShare: 'all' },
      { hedgeAfter: 'p99' },
      { hedgeAfter: -1 },
      { hedgeAfter: Number.NaN },
      { hedgeShare: 0 },
      { hedgeShare: 1.01 },
      { hedge: 5 },
    ];
    for (const options of wrong) {
      assert.throws(
        () => routerConfig({ options }),
        (error) => error instanceof MeshError && error.reason === 'INVALID_CONFIG',
      );
    }
  });
});
