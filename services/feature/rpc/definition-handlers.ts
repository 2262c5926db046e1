import type { FeatureDefinition } from '../../gen/mlmesh/feature/v1/FeatureDefinition.ts';
import type { FeatureSetDefinition } from '../../gen/mlmesh/feature/v1/FeatureSetDefinition.ts';
import type { ListDefinitionsResponse } from '../../gen/mlmesh/feature/v1/ListDefinitionsResponse.ts';
import type { ViewDefinition } from '../../gen/mlmesh/feature/v1/ViewDefinition.ts';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import { computeVersion, type FeatureSetPlan, viewId } from '../../shared/compute/plan.ts';
import { viewColumnsOf } from '../../shared/compute/row.ts';
import { featureSummary } from '../../shared/definition/feature-summary.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import type { ServedMesh } from '../core/served-mesh.ts';
import { stateHash } from '../core/state-hash.ts';
import type { FeatureService } from '../serving/feature-service.ts';

type DefinitionHandlers = Pick<
  Handlers<'mlmesh.feature.v1.FeatureService'>,
  'listDefinitions' | 'getFeatureSet' | 'retireFeatureSet'
>;

/** Gives the handlers of the calls about definitions. */
export function definitionHandlers(service: FeatureService): DefinitionHandlers {
  return {
    listDefinitions: () => definitionsOf(service),
    getFeatureSet: ({ featureSetHash }) => {
      const { mesh } = service;
      const plan = mesh.featureSets.find(({ hash }) => hash === featureSetHash);
      if (plan === undefined) throw unknownSet(mesh, featureSetHash);
      return { definition: setOf(service, plan), computeVersion, planJson: canonicalJson(plan) };
    },
    retireFeatureSet: async ({ featureSetHash }) => {
      const { name } = await service.retire(featureSetHash);
      return { name };
    },
  };
}

function definitionsOf(service: FeatureService): ListDefinitionsResponse {
  const { mesh } = service;
  return {
    features: [...currentFeatures(mesh), ...earlierFeatures(mesh)],
    views: viewsOf(service),
    featureSets: [
      ...sortedBy(
        mesh.featureSets.filter((set) => !isEarlier(mesh, set)),
        ({ name }) => name,
      ),
      ...mesh.earlier.map(({ featureSet }) => featureSet),
    ].map((set) => setOf(service, set)),
    logOffset: service.logOffset,
  };
}

function currentFeatures({ features }: ServedMesh): readonly FeatureDefinition[] {
  return sortedBy(features, ({ name }) => name).map(({ name, hash, view, summary }) => ({
    name,
    hash,
    view: view ?? '',
    summary,
    isEarlier: false,
  }));
}

/** Features of views that earlier sets have and the mesh file does not. */
function earlierFeatures({ features, earlier, sources }: ServedMesh): readonly FeatureDefinition[] {
  const known = new Set(features.map(({ hash }) => hash));
  const found = new Map<string, FeatureDefinition>();
  for (const { featureSet } of earlier) {
    for (const { column, feature } of viewColumnsOf(featureSet)) {
      if (known.has(column.hash)) continue;
      const source = sources.find(({ name }) => name === feature.view.source);
      found.set(column.hash, {
        name: column.name,
        hash: column.hash,
        view: viewId(feature.view.source, feature.view.by),
        summary: featureSummary(feature, source?.columns ?? []),
        isEarlier: true,
      });
    }
  }
  return sortedBy([...found.values()], ({ name = '' }) => name);
}

function viewsOf(service: FeatureService): ViewDefinition[] {
  const { mesh } = service;
  const stats = service.viewStats();
  const views = mesh.views.map((view): ViewDefinition => {
    const { entities = 0, newestTs = Number.NEGATIVE_INFINITY } = stats.get(view.id) ?? {};
    return {
      id: viewId(view.source, view.by),
      entities,
      newestEventMs: Number.isFinite(newestTs) ? newestTs : 0,
      version: stateHash(view).slice(0, 12),
      isEarlier: !mesh.ownViews.has(view.id),
    };
  });
  return sortedBy(views, ({ id = '', isEarlier }) => `${isEarlier === true ? 1 : 0} ${id}`);
}

function setOf(service: FeatureService, set: FeatureSetPlan): FeatureSetDefinition {
  const { name, hash, columns, joinKeys } = set;
  const earlier = service.mesh.earlier.find(({ featureSet }) => featureSet.hash === hash);
  return {
    model: earlier?.name ?? name,
    hash,
    columns: columns.map((column) => column.name),
    joinKeys: [...joinKeys],
    isEarlier: earlier !== undefined,
    firstServedMs: service.firstServedMs(hash),
  };
}

function isEarlier(mesh: ServedMesh, set: FeatureSetPlan): boolean {
  return mesh.earlier.some(({ featureSet }) => featureSet.hash === set.hash);
}

function unknownSet({ featureSets }: ServedMesh, hash: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `feature_set_hash: wanted one that is served (${featureSets.map(({ name, hash: known }) => `${name}: ${known.slice(0, 12)}`).join(', ') || 'there is none'}), got '${hash.slice(0, 64)}'`,
  });
}

function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...items].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}
