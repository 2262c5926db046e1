import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decimal, text, timestamp } from '../shared/definition/column.ts';
import { defineMesh } from '../shared/definition/define-mesh.ts';
import { derivedFeature } from '../shared/definition/derived-feature.ts';
import { entity } from '../shared/definition/entity.ts';
import { featuresOf } from '../shared/definition/feature.ts';
import { requestFeature } from '../shared/definition/request-feature.ts';
import { source } from '../shared/definition/source.ts';
import { featureSheet, requestTypesOf } from './feature-sheet.ts';

const user = entity('user', { key: text() });
const columns = { id: text(), at: timestamp(), user: text(), amount: decimal(12, 2) };
const purchases = source('purchases', {
  parquet: 'p.parquet',
  columns,
  eventTime: 'at',
  eventId: 'id',
});
const feature = featuresOf(purchases);
const ofUser = { entities: [user], online: true, offline: true } as const;
const mesh = defineMesh({
  name: 'purchases',
  sources: [purchases],
  entities: [user],
  features: {
    spend30d: feature(ofUser, (events) => events.by('user').last('30d').col('amount').sum()),
    spend7d: feature(ofUser, (events) => events.by('user').last('7d').col('amount').sum()),
  },
  requestFeatures: {
    price: requestFeature(purchases, (request) => request.col('amount')),
    hour: requestFeature(purchases, (request) => request.col('at').hourOfDay()),
  },
  derivedFeatures: {
    recentShare: derivedFeature(
      (row) => row.feature('spend7d').dividedBy(row.feature('spend30d')),
      {
        default: 0.25,
      },
    ),
  },
  featureServices: { spending: ['price', 'recentShare', 'spend7d', 'hour'] },
});
const [featureSet] = mesh.featureSets;
assert.ok(featureSet !== undefined);

// As vectors hold them: the features of the set, then those that only derived ones read.
const served = [
  { value: 30, status: 'present', newestEventMs: 5 },
  { value: 120, status: 'present', newestEventMs: 5 },
] as const;

describe('featureSheet', () => {
  it('puts values of views, of the request and of other features into the order of the set', () => {
    const request = { amount: { number: 12.344 }, at: { timeMs: 7_200_000 } };
    const view = { newestEventMs: undefined };
    assert.deepEqual(featureSheet(featureSet, served, request), [
      { name: 'price', value: 12.34, status: 'of the request', ...view },
      { name: 'recentShare', value: 0.25, status: 'of other features', ...view },
      { name: 'spend7d', value: 30, status: 'present', newestEventMs: 5 },
      { name: 'hour', value: 2, status: 'of the request', ...view },
    ]);
  });

  it('says what was not given, and gives the default of a feature that divides by nothing', () => {
    const nothing = served.map((value) => ({
      ...value,
      value: 0,
      status: 'not found' as const,
      newestEventMs: Number.NaN,
    }));
    const sheet = featureSheet(featureSet, nothing, {});
    assert.deepEqual(
      sheet.map(({ value, status }) => [value, status]),
      [
        [undefined, 'not given'],
        [0.25, 'of other features'],
        [0, 'not found'],
        [undefined, 'not given'],
      ],
    );
    assert.equal(sheet[2]?.newestEventMs, undefined);
  });

  it('says what a request gives', () =>
    assert.deepEqual(requestTypesOf(featureSet), { amount: 'number', at: 'time' }));
});
