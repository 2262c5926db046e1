import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Expression } from './expression.ts';
import { featureStatus } from './feature-status.ts';
import type { FeaturePlan, FeatureSetPlan } from './plan.ts';
import { compileRequestFeatures } from './request-features.ts';
import { compileRow, unavailableVector } from './row.ts';

const feature = (name: string, standIn: number): FeaturePlan => ({
  name,
  view: { source: 'flights', by: ['origin'] },
  window: { kind: 'sliding', lengthMs: 10, delayMs: 0 },
  aggregate: { operator: 'count' },
  default: standIn,
  parity: 'exact',
});

const featureSet: FeatureSetPlan = {
  name: 'flight-delay',
  hash: '0'.repeat(64),
  joinKeys: ['origin'],
  views: [
    {
      id: 'flights/origin',
      source: 'flights',
      by: ['origin'],
      columns: [],
      derivedColumns: [],
      features: [feature('unused', 1), feature('first', 2), feature('second', 3)],
      retentionMs: 10,
    },
  ],
  requestFeatures: [
    { name: 'distance', expression: { kind: 'column', column: 'distance' } },
    {
      name: 'hour',
      expression: {
        kind: 'calendar',
        part: 'hourOfDay',
        operand: { kind: 'column', column: 'date' },
      },
    },
  ],
  requestInputs: [
    { name: 'date', type: 'timestamp' },
    { name: 'distance', type: 'int' },
  ],
  columns: [
    { kind: 'request', name: 'hour', requestIndex: 1, hash: '' },
    { kind: 'view', name: 'second', viewIndex: 0, featureIndex: 2, hash: '' },
    { kind: 'request', name: 'distance', requestIndex: 0, hash: '' },
    { kind: 'view', name: 'first', viewIndex: 0, featureIndex: 1, hash: '' },
  ],
  derivedFeatures: [],
  hiddenColumns: [],
};

describe('compileRow', () => {
  it('puts view and request values in the order of the feature set', () => {
    const requests = new Float64Array(3);
    const inputs = featureSet.requestInputs.map(({ name }) => name);
    const columns = [Float64Array.of(0, 5 * 3_600_000), Float64Array.of(0, 1_234)];
    compileRequestFeatures(featureSet.requestFeatures, inputs).compute(columns, 1, requests, 1);
    const row = compileRow(featureSet);
    const into = new Float32Array(5);
    row.assemble(
      { views: Float64Array.of(9, 20, 10), viewOffset: 1, requests, requestOffset: 1 },
      into,
      1,
    );
    assert.deepEqual([row.columns, row.viewColumns], [4, 2]);
    assert.deepEqual([...into], [0, 5, 20, 1_234, 10]);
  });

  it('computes derived features from view and request values, some of which the model does not get', () => {
    const quotient: Expression = {
      kind: 'arithmetic',
      operator: '/',
      left: { kind: 'column', column: 'distance' },
      right: { kind: 'column', column: 'unused' },
    };
    const row = compileRow({
      ...featureSet,
      columns: [
        ...featureSet.columns,
        { kind: 'derived', name: 'ratio', derivedIndex: 0, hash: '' },
      ],
      derivedFeatures: [{ name: 'ratio', expression: quotient, default: -1 }],
      hiddenColumns: [{ kind: 'view', name: 'unused', viewIndex: 0, featureIndex: 0, hash: '' }],
    });
    assert.deepEqual([row.columns, row.viewColumns], [5, 3]);
    const into = new Float32Array(5);
    const requests = Float64Array.of(1_000, 5);
    const parts = { viewOffset: 0, requests, requestOffset: 0 };
    row.assemble({ ...parts, views: Float64Array.of(20, 10, 8) }, into, 0);
    assert.deepEqual([...into], [5, 20, 1_000, 10, 125]);
    row.assemble({ ...parts, views: Float64Array.of(20, 10, 0) }, into, 0);
    assert.equal(into[4], -1);
  });

  it('writes 0 where a request input is missing', () => {
    const into = new Float32Array(4).fill(7);
    compileRow(featureSet).assemble(
      {
        views: Float64Array.of(1, 2),
        viewOffset: 0,
        requests: Float64Array.of(Number.NaN, 3),
        requestOffset: 0,
      },
      into,
      0,
    );
    assert.deepEqual([...into], [3, 1, 0, 2]);
  });
});

describe('unavailableVector', () => {
  it('holds the defaults in the order of the wire', () => {
    const { values, statuses } = unavailableVector(featureSet);
    assert.deepEqual([...values], [3, 2]);
    assert.deepEqual([...statuses], [featureStatus.unavailable, featureStatus.unavailable]);
  });
});
