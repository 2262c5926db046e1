import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SampleChange, sampleMesh } from '../../../test/support/flights-sample-mesh.ts';
import { computeVersion, type SourcePlan } from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { type CataloguedSet, catalogued, chooseEarlier } from './catalogued-set.ts';
import { servedMesh, withoutEarlier } from './served-mesh.ts';

/** What the catalogue has of a mesh that was served alone. */
function setOf(change: SampleChange, lastUsedMs = 0): CataloguedSet {
  const mesh = servedMesh(sampleMesh(change), []);
  const [featureSet] = mesh.featureSets;
  assert.ok(featureSet);
  return catalogued(featureSet, mesh, { firstServedMs: 0, lastUsedMs });
}

const [h3, h5, h9] = [setOf({}, 1), setOf({ meanWindow: '5h' }, 2), setOf({ meanWindow: '9h' }, 3)];
const h5Median = setOf({ meanWindow: '5h', hasMedian: true }, 4);
const hashes = (sets: readonly CataloguedSet[]) => sets.map(({ featureSet }) => featureSet.hash);

describe('servedMesh', () => {
  it('gives a view of an earlier set an id of its own only where the mesh lacks a feature of it', () => {
    const mesh = sampleMesh({ meanWindow: '5h', hasMedian: true });
    const served = servedMesh(mesh, [h5, h3]);
    assert.equal(served.views.length, mesh.views.length + 1);
    const [own, ofH5, ofH3] = served.featureSets;
    assert.deepEqual(ofH5?.views, own?.views);
    const differing = ofH3?.views.filter(({ id }) => !served.ownViews.has(id)) ?? [];
    assert.deepEqual(
      differing.map(({ id }) => id.split('@')[0]),
      ['flights/origin'],
    );
  });

  it('finds each feature by what it means, wherever it stands in the view', () => {
    const served = servedMesh(sampleMesh({ meanWindow: '5h', hasMedian: true }), [h5, h3]);
    for (const [index, { featureSet: before }] of [h5, h3].entries()) {
      const after = served.earlier[index]?.featureSet;
      assert.ok(after);
      assert.equal(after.hash, before.hash);
      const plans = (set: typeof after) =>
        viewColumnsOf(set).map(({ column, feature }) => [column.name, feature]);
      assert.deepEqual(plans(after), plans(before));
    }
  });

  it('lets an earlier set read the view that another earlier set keeps', () => {
    const served = servedMesh(sampleMesh({ meanWindow: '9h' }), [h5Median, h5, h3]);
    const [, median, ofH5] = served.featureSets;
    assert.deepEqual(ofH5?.views, median?.views);
    assert.equal(served.views.length, 3 + 2);
  });

  it('keeps all ids when it is made again, and what others read when a set goes', () => {
    const make = () => servedMesh(sampleMesh({ meanWindow: '9h' }), [h5Median, h5, h3]);
    assert.deepEqual(make().featureSets, make().featureSets);
    const without = withoutEarlier(make(), h5Median.featureSet.hash);
    assert.equal(without.views.length, 3 + 2);
    const less = withoutEarlier(without, h5.featureSet.hash);
    assert.equal(less.views.length, 3 + 1);
    assert.equal(withoutEarlier(less, h3.featureSet.hash).views.length, 3);
  });
});

describe('chooseEarlier', () => {
  const mesh = sampleMesh({ meanWindow: '9h' });

  it('keeps the last used ones that the mesh does not define', () => {
    const { kept, crowdedOut } = chooseEarlier(mesh, [h3, h5, h9, h5Median], 2);
    assert.deepEqual(hashes(kept), hashes([h5Median, h5]));
    assert.deepEqual(hashes(crowdedOut), hashes([h3]));
  });

  it('leaves out what was ended and what was computed by another arithmetic', () => {
    const ended: CataloguedSet = { ...h3, ended: { because: 'retired', atMs: 1 } };
    const old = { ...h5, computeVersion: computeVersion - 1 };
    assert.deepEqual(chooseEarlier(mesh, [ended, old], 8), { kept: [], crowdedOut: [] });
  });

  it('leaves out what reads a source that now says something else, and nothing else', () => {
    const kept = (change: (source: SourcePlan) => Partial<SourcePlan>) => {
      const sources = mesh.sources.map((source) => ({ ...source, ...change(source) }));
      return chooseEarlier({ ...mesh, sources } satisfies Mesh, [h3], 8).kept.length;
    };
    assert.equal(
      kept(() => ({})),
      1,
    );
    assert.equal(
      kept(() => ({ parquet: 'elsewhere.parquet' })),
      1,
    );
    const extra = { name: 'extra', type: 'int' } as const;
    assert.equal(
      kept(({ columns }) => ({ columns: [...columns, extra] })),
      1,
    );
    assert.equal(
      kept(({ columns }) => ({ columns: columns.filter(({ name }) => name !== 'distance') })),
      1,
    );
    assert.equal(
      kept(() => ({ visibleAfterMs: 1 })),
      0,
    );
    assert.equal(
      kept(({ columns }) => ({ columns: columns.filter(({ name }) => name !== 'delay') })),
      0,
    );
    assert.equal(
      kept(() => ({ name: 'other' })),
      0,
    );
  });
});
