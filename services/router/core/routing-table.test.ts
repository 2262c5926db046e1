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

  it('ignores what is older than it knows, or the same, of every alias', () => {
    const table = new RoutingTable();
    table.setReady('m', [1, 2]);
    const place = (alias: string, version: number, generation: number) =>
      table.apply({ model: 'm', alias, version, generation });
    place('production', 3, 1);
    table.setReady('m', [1, 2, 3]);
    table.steer({
      model: 'm',
      generation: 1,
      canaryRamp: { version: 2, share: 0.5, isHeld: false },
      isShadowPaused: false,
    });
    for (const alias of ['previous', 'canary', 'shadow', 'fallback']) {
      place(alias, 2, 5);
      assert.deepEqual(place(alias, 1, 4), []);
      assert.deepEqual(place(alias, 1, 5), []);
    }
    const { previousVersion, canaryVersion, shadowVersions } = table.get('m');
    assert.deepEqual([previousVersion, canaryVersion, shadowVersions], [2, 2, [2]]);
    assert.deepEqual(place('fallback', 1, 6), [{ kind: 'load-fallback', model: 'm', version: 1 }]);
    assert.deepEqual(place('fallback', 0, 7), []);
  });

  it('names the fallback only when it runs', () => {
    const table = new RoutingTable();
    const actions = table.apply({ model: 'm', alias: 'fallback', version: 3, generation: 1 });
    assert.deepEqual(actions, [{ kind: 'load-fallback', model: 'm', version: 3 }]);
    assert.equal(table.get('m').fallbackVersion, 0);
    table.fallbackLoaded('m', 3);
    assert.equal(table.get('m').fallbackVersion, 3);
  });

  describe('with a canary', () => {
    const place = (alias: string, version: number) => ({
      model: 'm',
      alias,
      version,
      generation: 1,
    });
    const steering = (generation: number, version: number, share: number) => ({
      model: 'm',
      generation,
      canaryRamp: { version, share, isHeld: false },
      isShadowPaused: false,
    });
    const canaryOf = (table: RoutingTable) => {
      const { canaryVersion, canaryShare } = table.get('m');
      return [canaryVersion, canaryShare];
    };

    it('gives it no traffic before it is ready, and asks until it is', () => {
      const table = new RoutingTable();
      assert.deepEqual(table.apply(place('canary', 4)), [
        { kind: 'await-ready', model: 'm', version: 4 },
      ]);
      table.steer(steering(1, 4, 0.05));
      assert.deepEqual(canaryOf(table), [0, 0]);
      assert.ok(table.isAwaiting('m'));
      table.setReady('m', [4]);
      assert.deepEqual(canaryOf(table), [4, 0.05]);
      assert.equal(table.isAwaiting('m'), false);
      table.setReady('m', [3]);
      assert.deepEqual(canaryOf(table), [0, 0]);
    });
    it('gives a version that became canary nothing of the share of the one before', () => {
      const table = new RoutingTable();
      table.setReady('m', [4, 5]);
      table.apply(place('canary', 4));
      table.steer(steering(1, 4, 1));
      table.apply({ ...place('canary', 5), generation: 2 });
      assert.deepEqual(canaryOf(table), [0, 0]);
      table.steer(steering(2, 5, 0.01));
      assert.deepEqual(canaryOf(table), [5, 0.01]);
    });
    it('obeys the newest word on its traffic, and on whether shadows are paused', () => {
      const table = new RoutingTable();
      table.setReady('m', [4]);
      table.apply(place('canary', 4));
      table.steer({ ...steering(3, 4, 0.25), isShadowPaused: true });
      table.steer(steering(2, 4, 1));
      assert.deepEqual(canaryOf(table), [4, 0.25]);
      const { isShadowPaused, trafficGeneration } = table.get('m');
      assert.deepEqual([isShadowPaused, trafficGeneration], [true, 3]);
    });
  });

  it('knows all shadows, each version once, and those of other aliases as well', () => {
    const table = new RoutingTable();
    const shadow = (alias: string, version: number, generation = 1) =>
      table.apply({ model: 'm', alias, version, generation });
    shadow('shadow-small', 5);
    shadow('shadow', 7);
    shadow('shadow-again', 7);
    assert.deepEqual(table.get('m').shadowVersions, [7, 5]);
    shadow('shadow', 0, 2);
    shadow('shadow-again', 0, 2);
    assert.deepEqual(table.get('m').shadowVersions, [5]);
  });

  it('has the previous version as a reverse shadow where that is ready and not in production again', () => {
    const table = new RoutingTable();
    table.apply({ model: 'm', alias: 'previous', version: 1, generation: 1 });
    assert.equal(table.get('m').reverseVersion, 0);
    table.setReady('m', [1, 2]);
    table.apply(production(2, 1));
    assert.equal(table.get('m').reverseVersion, 1);
    table.apply(production(1, 2));
    assert.equal(table.get('m').reverseVersion, 0);
  });
});
