import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import {
  computeVersion,
  type FeatureSetPlan,
  type SourcePlan,
  type ViewPlan,
} from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import type { Mesh } from '../../shared/definition/mesh.ts';
import { type KeyedView, keyedViews } from './entity-places.ts';

/** A feature set that was served once, with all that it takes to serve it again. */
export interface CataloguedSet {
  /** Its views are whole, under the ids of their states. */
  readonly featureSet: FeatureSetPlan;
  /** Those of its views. */
  readonly sources: readonly SourcePlan[];
  /** What the keys of the features of its time were about; absent in one that was catalogued before that was kept. */
  readonly keyedViews?: readonly KeyedView[];
  /** Version of the arithmetic that it was served with. */
  readonly computeVersion: number;
  /** Epoch ms. */
  readonly firstServedMs: number;
  /** When it was last part of the mesh at a start, or asked for; epoch ms. */
  readonly lastUsedMs: number;
  /** Set when it is not to be served any more, unless the mesh defines it again. */
  readonly ended?: { readonly because: 'retired' | 'crowded-out'; readonly atMs: number };
}

/** Gives what the catalogue keeps of a feature set of the mesh. */
export function catalogued(
  featureSet: FeatureSetPlan,
  mesh: Pick<Mesh, 'sources' | 'entities' | 'features' | 'views'>,
  times: Pick<CataloguedSet, 'firstServedMs' | 'lastUsedMs'>,
): CataloguedSet {
  const used = new Set(featureSet.views.map((view) => view.source));
  const own = mesh.sources.filter(({ name }) => used.has(name));
  const views = keyedViews(mesh).filter(({ source }) => used.has(source));
  return { featureSet, sources: own, keyedViews: views, computeVersion, ...times };
}

/** Which sets of the catalogue go on being served beside those of the mesh, and which are too many. */
export interface ChosenSets {
  /** Last used first. */
  readonly kept: readonly CataloguedSet[];
  readonly crowdedOut: readonly CataloguedSet[];
}

/** Chooses, among the sets that the mesh does not define any more and whose values can still be computed, the last used ones. */
export function chooseEarlier(
  mesh: Pick<Mesh, 'featureSets' | 'sources'>,
  sets: readonly CataloguedSet[],
  setsMax: number,
): ChosenSets {
  const current = new Set(mesh.featureSets.map(({ hash }) => hash));
  const earlier = sets
    .filter((set) => !current.has(set.featureSet.hash) && set.ended === undefined)
    .filter((set) => set.computeVersion === computeVersion && hasItsSources(set, mesh.sources))
    .sort((left, right) => right.lastUsedMs - left.lastUsedMs || byHash(left, right));
  return { kept: earlier.slice(0, setsMax), crowdedOut: earlier.slice(setsMax) };
}

function byHash(left: CataloguedSet, right: CataloguedSet): number {
  return left.featureSet.hash < right.featureSet.hash ? -1 : 1;
}

/** Whether the sources still say the same of time and of the columns that a set reads. */
function hasItsSources(
  { featureSet, sources }: CataloguedSet,
  now: readonly SourcePlan[],
): boolean {
  return sources.every((before) => {
    const source = now.find(({ name }) => name === before.name);
    if (source === undefined) return false;
    const columns = columnsRead(featureSet.views.filter((view) => view.source === before.name));
    return identityOf(source, columns) === identityOf(before, columns);
  });
}

function columnsRead(views: readonly ViewPlan[]): ReadonlySet<string> {
  const derived = views.flatMap((view) => view.derivedColumns.map(({ column }) => column));
  return new Set([...views.flatMap((view) => [...view.columns, ...view.by]), ...derived]);
}

function identityOf(source: SourcePlan, names: ReadonlySet<string>): string {
  const { eventTime, visibleAfterMs, eventId, columns } = source;
  const read = columns
    .filter(({ name }) => names.has(name))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  return canonicalJson({ eventTime, visibleAfterMs, eventId, columns: read });
}

/** Gives the features of the views that a set has, as what they mean: by the index of the view. */
export function meaningsOf(featureSet: FeatureSetPlan): readonly (readonly string[])[] {
  const columns = viewColumnsOf(featureSet);
  return featureSet.views.map((_, viewIndex) =>
    columns.flatMap(({ column, feature }) =>
      column.viewIndex === viewIndex ? [meaningOf(feature)] : [],
    ),
  );
}

/** Gives what a feature means, whatever its name, as a text: within one view, equal texts give equal values. */
export function meaningOf({ name: _, ...meaning }: ViewPlan['features'][number]): string {
  return canonicalJson(meaning);
}
