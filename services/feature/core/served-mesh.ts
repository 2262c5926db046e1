import type { FeatureSetColumn, FeatureSetPlan, ViewPlan } from '../../shared/compute/plan.ts';
import type { Mesh, MeshModel } from '../../shared/definition/mesh.ts';
import { type CataloguedSet, meaningOf, meaningsOf } from './catalogued-set.ts';
import { storedView } from './state-hash.ts';

/** A feature set that the mesh does not define any more and that is served beside those that it does. */
export interface EarlierSet {
  /** Name that it had: of its model or feature service. */
  readonly name: string;
  /** Its own name says which version it is: `flight-delay@0123abcd`. */
  readonly featureSet: FeatureSetPlan;
  readonly firstServedMs: number;
  readonly lastUsedMs: number;
}

/**
 * A mesh with all that is served: views under the ids of their states, and the earlier feature sets, with their views, behind
 * those of the mesh file.
 */
export interface ServedMesh extends Mesh {
  /** Ids of the views of the mesh file; the others are only of earlier sets. */
  readonly ownViews: ReadonlySet<string>;
  readonly earlier: readonly EarlierSet[];
}

/**
 * Gives what is served of a mesh and earlier feature sets, the same whenever it is asked with the same. An earlier set
 * reads a view of the mesh where that still has its features; only where it lacks one, the view of its time goes on beside it.
 */
export function servedMesh(mesh: Mesh, earlier: readonly CataloguedSet[]): ServedMesh {
  const views = mesh.views.map(storedView);
  const ownViews = new Set(views.map(({ id }) => id));
  const sets: EarlierSet[] = [];
  for (const { featureSet, firstServedMs, lastUsedMs } of earlier) {
    const meanings = meaningsOf(featureSet);
    const bound = featureSet.views.map((view, index) => {
      const wanted = meanings[index] ?? [];
      const found = views.find((candidate) => hasFeatures(candidate, view, wanted));
      if (found !== undefined) return found;
      const own = storedView(view);
      views.push(own);
      return own;
    });
    const { name, hash } = featureSet;
    const versioned = { ...rebound(featureSet, bound), name: `${name}@${hash.slice(0, 8)}` };
    sets.push({ name, featureSet: versioned, firstServedMs, lastUsedMs });
  }
  const storedOf = (featureSet: FeatureSetPlan): FeatureSetPlan => ({
    ...featureSet,
    views: featureSet.views.map(storedView),
  });
  const models = Object.entries(mesh.models).map(([name, model]): [string, MeshModel] => [
    name,
    { ...model, featureSet: storedOf(model.featureSet) },
  ]);
  return {
    ...mesh,
    views,
    ownViews,
    models: Object.fromEntries(models),
    featureSets: [...mesh.featureSets.map(storedOf), ...sets.map(({ featureSet }) => featureSet)],
    earlier: sets,
  };
}

/** Gives a mesh without one of its earlier sets, and without the views that only it read. */
export function withoutEarlier(mesh: ServedMesh, hash: string): ServedMesh {
  const isOther = (set: FeatureSetPlan): boolean => set.hash !== hash;
  const earlier = mesh.earlier.filter(({ featureSet }) => isOther(featureSet));
  const read = new Set(
    earlier.flatMap(({ featureSet }) => featureSet.views.map((view) => view.id)),
  );
  return {
    ...mesh,
    earlier,
    featureSets: mesh.featureSets.filter(isOther),
    views: mesh.views.filter(({ id }) => mesh.ownViews.has(id) || read.has(id)),
  };
}

function isSameKey(
  left: Pick<ViewPlan, 'source' | 'by'>,
  right: Pick<ViewPlan, 'source' | 'by'>,
): boolean {
  return left.source === right.source && left.by.join() === right.by.join();
}

function hasFeatures(candidate: ViewPlan, view: ViewPlan, wanted: readonly string[]): boolean {
  if (!isSameKey(candidate, view)) return false;
  const has = new Set(candidate.features.map(meaningOf));
  return wanted.every((meaning) => has.has(meaning));
}

/** Gives a feature set over other views that have its features, in the same order. */
function rebound(featureSet: FeatureSetPlan, views: readonly ViewPlan[]): FeatureSetPlan {
  const moved = (column: FeatureSetColumn): FeatureSetColumn => {
    if (column.kind !== 'view') return column;
    const feature = featureSet.views[column.viewIndex]?.features[column.featureIndex];
    const meaning = feature === undefined ? '' : meaningOf(feature);
    const features = views[column.viewIndex]?.features ?? [];
    return {
      ...column,
      featureIndex: features.findIndex((candidate) => meaningOf(candidate) === meaning),
    };
  };
  return {
    ...featureSet,
    views,
    columns: featureSet.columns.map(moved),
    hiddenColumns: featureSet.hiddenColumns.map(moved),
  };
}
