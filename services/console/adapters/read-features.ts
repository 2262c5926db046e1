import type { FeatureItem, FeaturesView, FeatureViewItem } from '../core/feature-views.ts';
import { lineageOf } from '../core/lineage.ts';
import type { MeshClients } from './mesh-clients.ts';

/** What the feature service knows. */
export type DefinitionFacts = Pick<FeaturesView, 'features' | 'views' | 'events' | 'lineage'>;

/** Gives definitions, freshness and lineage. `nowMs` is the time of the newest request, 0 where nobody knows. */
export async function readDefinitions(
  { feature }: MeshClients,
  nowMs: number,
  signal: AbortSignal,
): Promise<DefinitionFacts> {
  const { features, views, featureSets, logOffset } = await feature.listDefinitions({}, { signal });
  const sets = featureSets.filter(({ isEarlier }) => !isEarlier);
  return {
    features: features.map(({ name, hash, view, summary, isEarlier }): FeatureItem => {
      const takers = sets.filter(({ columns }) => columns.includes(name));
      const models = takers.map(({ model }) => model);
      return { name, hash, view, summary, isEarlier, models };
    }),
    views: views.map(({ id, version, entities, newestEventMs }): FeatureViewItem => {
      const isKnown = nowMs > 0 && newestEventMs > 0;
      const behindMs = isKnown ? Math.max(0, nowMs - newestEventMs) : undefined;
      return { id, version, entities, newestEventMs, behindMs };
    }),
    events: logOffset,
    lineage: lineageOf({ features: features.filter(({ isEarlier }) => !isEarlier), sets }),
  };
}
