import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { servingPolicy } from '../../../test/support/serving-policy.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { epochMs } from '../../shared/kernel/units.ts';
import type { ModelContract } from './model-contract.ts';
import { parseRequest, type WireRequest } from './parse-request.ts';

const contract: ModelContract = {
  model: 'delay',
  joinKeys: ['origin'],
  requestInputs: [
    { name: 'date', type: 'time' },
    { name: 'distance', type: 'number' },
  ],
  featureSetHash: 'h',
  viewColumns: [],
  viewDefaults: new Float64Array(0),
  requestColumns: ['distance'],
  computeRequest: (values) => Float64Array.of(Number(values['distance'])),
  assembleRow: (_view, request) => Float32Array.from(request),
  rules: () => ({ outputs: [0], because: '' }),
  policy: servingPolicy,
};

const good: WireRequest = {
  entities: { origin: 'ORD' },
  requestFeatures: { date: { timeMs: 5 }, distance: { number: 100 } },
  atMs: 0,
};

function reasonOf(change: Partial<WireRequest>, isVirtual = false): string {
  try {
    parseRequest(contract, { ...good, ...change }, epochMs(7), isVirtual);
  } catch (error) {
    assert.ok(error instanceof MeshError);
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.equal(error.violations.length, 1);
    return error.reason;
  }
  return 'none';
}

describe('parseRequest', () => {
  it('reads keys and request features in the order of the contract', () => {
    const query = parseRequest(contract, good, epochMs(7), false);
    assert.deepEqual(query.keys, ['ORD']);
    assert.deepEqual(query.request, { date: 5, distance: 100 });
    assert.equal(query.atMs, 7);
  });
  it('refuses a missing entity key', () =>
    assert.equal(reasonOf({ entities: {} }), 'ENTITY_MISSING'));
  it('refuses a time that is no whole millisecond of the calendar', () => {
    for (const timeMs of [0.5, 1e300, -8.64e15 - 2, Number.NaN]) {
      const requestFeatures = { ...good.requestFeatures, date: { timeMs } };
      assert.equal(reasonOf({ requestFeatures }), 'REQUEST_FEATURE_INVALID', String(timeMs));
      assert.equal(reasonOf({ atMs: timeMs }, true), 'INVALID_FIELD', String(timeMs));
    }
    const latest = { ...good.requestFeatures, date: { timeMs: 8.64e15 } };
    assert.equal(reasonOf({ requestFeatures: latest, atMs: 8.64e15 }, true), 'none');
  });
  it('refuses an empty entity key', () =>
    assert.equal(reasonOf({ entities: { origin: '' } }), 'ENTITY_INVALID'));
  it('refuses an entity key that would collide with a composite one', () =>
    assert.equal(reasonOf({ entities: { origin: 'a\u001fb' } }), 'ENTITY_INVALID'));
  it('refuses an entity key with a control character', () => {
    for (const origin of ['\u0000', 'OR\u0000D', 'ORD\n', '\u007f']) {
      assert.equal(reasonOf({ entities: { origin } }), 'ENTITY_INVALID', JSON.stringify(origin));
    }
    assert.equal(reasonOf({ entities: { origin: 'Zürich 東京' } }), 'none');
  });
  it('refuses an entity that the model does not know', () =>
    assert.equal(reasonOf({ entities: { origin: 'ORD', plane: 'x' } }), 'ENTITY_INVALID'));
  it('refuses a missing request feature', () =>
    assert.equal(
      reasonOf({ requestFeatures: { date: { timeMs: 5 } } }),
      'REQUEST_FEATURE_MISSING',
    ));
  it('refuses NaN', () =>
    assert.equal(
      reasonOf({ requestFeatures: { date: { timeMs: 5 }, distance: { number: Number.NaN } } }),
      'REQUEST_FEATURE_INVALID',
    ));
  it('refuses a text where a number is wanted', () =>
    assert.equal(
      reasonOf({ requestFeatures: { date: { timeMs: 5 }, distance: { text: '100' } } }),
      'REQUEST_FEATURE_INVALID',
    ));
  it('refuses a request feature that the model does not know', () =>
    assert.equal(
      reasonOf({ requestFeatures: { ...good.requestFeatures, weather: { number: 1 } } }),
      'REQUEST_FEATURE_UNKNOWN',
    ));
  it('refuses a time on the real clock and takes it on a virtual one', () => {
    assert.equal(reasonOf({ atMs: 9 }), 'INVALID_FIELD');
    assert.equal(parseRequest(contract, { ...good, atMs: 9 }, epochMs(7), true).atMs, 9);
  });
});
