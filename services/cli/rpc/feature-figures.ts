import type { FeatureFigures } from '../up/screen.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** Asks the feature service what it holds. */
export async function readFeatureFigures(
  { feature }: MeshConnection,
  signal: AbortSignal,
): Promise<FeatureFigures> {
  const { views, featureSets, logOffset } = await feature.listDefinitions({}, { signal });
  return {
    views: views.map(({ id, entities, newestEventMs }) => ({ view: id, entities, newestEventMs })),
    featureSets: featureSets.map(({ model }) => model),
    logOffset,
  };
}
