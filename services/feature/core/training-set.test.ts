import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { int, text, timestamp } from '../../shared/definition/column.ts';
import { defineMesh } from '../../shared/definition/define-mesh.ts';
import { derivedFeature } from '../../shared/definition/derived-feature.ts';
import { entity } from '../../shared/definition/entity.ts';
import { featuresOf } from '../../shared/definition/feature.ts';
import { source } from '../../shared/definition/source.ts';
import { assembleTrainingRows } from './training-set.ts';

const shop = entity('shop', { key: text() });
const orders = source('orders', {
  parquet: 'orders.parquet',
  columns: { at: timestamp(), shop: text(), amount: int() },
  eventTime: 'at',
  eventId: 'file_row_number',
});
const feature = featuresOf(orders);
const atShop = { entities: [shop], online: true, offline: true } as const;
const { featureSets } = defineMesh({
  name: 'm',
  sources: [orders],
  entities: [shop],
  features: {
    sum: feature(atShop, (events) => events.by('shop').last('7d').col('amount').sum()),
    count: feature(atShop, (events) => events.by('shop').last('7d').count()),
  },
  derivedFeatures: {
    mean: derivedFeature((row) => row.feature('sum').dividedBy(row.feature('count')), {
      default: -1,
    }),
  },
  featureServices: { derived: ['mean'], both: ['mean', 'count'] },
});

describe('assembleTrainingRows', () => {
  for (const [name, wanted] of Object.entries({ derived: [2.5, -1], both: [2.5, 4, -1, 0] })) {
    it(`gives derived features what they read, whether the set has it too: ${name}`, () => {
      const featureSet = featureSets.find((set) => set.name === name);
      assert.ok(featureSet !== undefined);
      const table = {
        rows: 2,
        ts: Float64Array.of(5, 6),
        seq: Float64Array.of(1, 2),
        numbers: new Map(),
        texts: new Map(),
        ids: ['1', '2'],
      };
      const examples = {
        table,
        rows: Uint32Array.of(0, 1),
        atMs: Float64Array.of(5, 6),
        labels: Float32Array.of(1, 0),
      };
      const parts = { views: [Float64Array.of(10, 4, 0, 0)], messageRowsMax: 10, segments: [] };
      const [assembled] = [...assembleTrainingRows(featureSet, examples, parts)];
      assert.deepEqual([...(assembled?.values ?? [])], wanted);
    });
  }
});
