import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RoutingTable } from './routing-table.ts';

const production = (version: number, generation: number) => ({
  model: 'm',
  alias: 'production',
  version,
  generation,
});

describe('RoutingTable', () => {
  it('knows nothing of a model before the registry tells', () => {
    assert.equal(new RoutingTable().get('m').productionVersion, 0);
  });

  it('keeps the old version until the new one is ready', () => {
    const table = new RoutingTable();
    table.apply(production(1, 1));
    table.setReady('m', [1]);
    assert.deepEqual(table.apply(production(2, 2)), [
      { kind: 'await-ready', model: 'm', version: 2 },
    ]);
    assert.equal(table.get('m').productionVersion, 1);
    assert.ok(table.isAwaiting('m'));
    table.setReady('m', [1, 2]);
    assert.equal(table.get('m').productionVersion, 2);
    assert.equal(table.isAwaiting('m'), false);
  });

  it('takes a version out at once where production points nowhere, and the fallback answers', () => {
    const table = new RoutingTable();
    table.apply(production(1, 1));
    table.setReady('m', [1]);
    assert.deepEqual(table.apply(production(0, 2)), []);
    assert.deepEqual(
      [table.get('m').productionVersion, table.get('m').productionGeneration],
      [0, 2],
    );
    table.setReady('m', [1]);
    assert.equal(table.get('m').productionVersion, 0);
    assert.equal(table.isAwaiting('m'), false);
  });

  it('flips at once to a version that is warm', () => {
    const table = new RoutingTable();
    table.apply(production(1, 1));
    table.setReady('m', [1, 2]);
    assert.deepEqual(table.apply(production(2, 2)), []);
    assert.deepEqual(table.apply(production(1, 3)), []);
    assert.equal(table.get('m').productionVersion, 1);
    assert.equal(table.get('m').productionGeneration, 3);
  });

  it('ignores a move that is older than what it knows', () => {
    const table = new RoutingTable();
    table.setReady('m', [1, 2]);
    table.apply(production(2, 5));
    table.apply(production(1, 4));
    assert.equal(table.get('m').productionVersion, 2);
  });

  it('names the fallback only when it runs', () => {
    const table = new RoutingTable();
    const actions = table.apply({ model: 'm', alias: 'fallback', version: 3, generation: 1 });
    assert.deepEqual(actions, [{ kind: 'load-fallback', model: 'm', version: 3 }]);
    assert.equal(table.get('m').fallbackVersion, 0);
    table.fallbackLoaded('m', 3);
    assert.equal(table.get('m').fallbackVersion, 3);
  });
});
