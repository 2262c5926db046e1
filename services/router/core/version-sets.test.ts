import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servingPolicy } from '../../../test/support/serving-policy.ts';
import type { ModelContract, RowContract } from './model-contract.ts';
import { currentRows, VersionSets } from './version-sets.ts';

const contract: ModelContract = {
  model: 'm',
  joinKeys: ['origin', 'destination'],
  requestInputs: [{ name: 'date', type: 'time' }],
  featureSetHash: 'now',
  viewColumns: [],
  viewDefaults: new Float64Array(0),
  requestColumns: [],
  computeRequest: () => new Float64Array(0),
  assembleRow: () => new Float32Array(0),
  rules: () => ({ outputs: [0], because: '' }),
  policy: servingPolicy,
};
const { rules: _, policy: __, model: ___, ...now } = contract;
const earlier: RowContract = { ...now, featureSetHash: 'earlier', joinKeys: ['destination'] };

function setsOf(featureSetHash: string): VersionSets {
  const sets = new VersionSets(new Map([['m', contract]]));
  sets.learnVersion('m', 1, featureSetHash);
  return sets;
}

describe('VersionSets', () => {
  it('makes rows as the mesh file says for a version of its own set, or of which nothing is known', () => {
    for (const hash of ['now', '']) {
      const sets = setsOf(hash);
      assert.deepEqual(sets.rowsOf(contract, 1), currentRows(contract));
      assert.deepEqual(sets.rowsOf(contract, 7), currentRows(contract));
      assert.equal(sets.wantedSet('m', 1), undefined);
      assert.ok(sets.isSettled('m', 1));
    }
  });

  it('asks for another set, and refuses its versions until it is known', () => {
    const sets = setsOf('earlier');
    assert.equal(sets.wantedSet('m', 1), 'earlier');
    assert.deepEqual(sets.rowsOf(contract, 1), { kind: 'refused', reason: 'MODEL_NOT_READY' });
    assert.equal(sets.isSettled('m', 1), false);
    sets.learnSet('earlier', earlier);
    assert.equal(sets.wantedSet('m', 1), undefined);
    const rows = { contract: earlier, keyIndexes: [1] };
    assert.deepEqual(sets.rowsOf(contract, 1), { kind: 'rows', rows });
    sets.learnVersion('m', 2, 'earlier');
    assert.deepEqual(sets.rowsOf(contract, 2), { kind: 'rows', rows });
  });

  it('says why rows of a set cannot be made', () => {
    const reasonOf = (set: Parameters<VersionSets['learnSet']>[1]) => {
      const sets = setsOf('earlier');
      sets.learnSet('earlier', set);
      const found = sets.rowsOf(contract, 1);
      assert.ok(sets.isSettled('m', 1));
      return found.kind === 'refused' ? found.reason : 'none';
    };
    assert.equal(reasonOf('FEATURE_SET_UNKNOWN'), 'FEATURE_SET_UNKNOWN');
    assert.equal(reasonOf({ ...earlier, joinKeys: ['gate'] }), 'ENTITY_MISSING');
    const input = (name: string, type: 'time' | 'number') => ({
      ...earlier,
      requestInputs: [{ name, type }],
    });
    assert.equal(reasonOf(input('distance', 'number')), 'REQUEST_FEATURE_MISSING');
    assert.equal(reasonOf(input('date', 'number')), 'REQUEST_FEATURE_MISSING');
    assert.equal(reasonOf(input('date', 'time')), 'none');
  });
});
