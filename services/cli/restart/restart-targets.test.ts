import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { meshAddresses } from '../../shared/platform/process/mesh-addresses.ts';
import { UsageError } from '../exit-code.ts';
import { restartTargets } from './restart-targets.ts';

const addresses = meshAddresses((service) =>
  service === 'router' || service === 'prediction' ? ['a:1', 'a:2'] : ['a:3'],
);
const named = (...names: readonly string[]) =>
  restartTargets(names, addresses).map(({ service, number }) => `${service}#${number}`);

describe('restartTargets', () => {
  it('takes a service for all of its replicas, and one of them by its number', () => {
    assert.deepEqual(named('router'), ['router#1', 'router#2']);
    assert.deepEqual(named('prediction#2'), ['prediction#2']);
    assert.deepEqual(named('feature'), ['feature#1']);
  });

  it('gives each once, those first that others need', () => {
    assert.deepEqual(named('router#2', 'registry', 'router'), [
      'registry#1',
      'router#1',
      'router#2',
    ]);
    assert.equal(named('all').length, 7);
    assert.equal(named('all', 'router').length, 7);
  });

  it('knows the console where there is one', () => {
    assert.deepEqual(restartTargets(['all'], addresses, true).at(-1)?.name, 'console');
    assert.deepEqual(
      restartTargets(['console'], addresses, true).map(({ service }) => service),
      ['console'],
    );
    assert.throws(() => restartTargets(['console'], addresses, false), UsageError);
  });

  it('says what there is when a name means nothing', () => {
    for (const name of ['routers', 'router#3', 'router#0', '']) {
      assert.throws(
        () => named(name),
        (error) =>
          error instanceof UsageError &&
          /wanted a service, one of registry, feature, prediction#1, prediction#2, monitor, router#1, router#2, or all/.test(
            error.message,
          ),
      );
    }
  });
});
