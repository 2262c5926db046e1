import type { ListDefinitionsResponse } from '../../gen/mlmesh/feature/v1/ListDefinitionsResponse.ts';
import type { MetricSink } from '../../shared/kernel/metric-sink.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import type { FeatureService } from '../serving/feature-service.ts';
import { type AuditParts, auditHandlers } from './audit-handlers.ts';
import { deleteHandler } from './delete-handler.ts';
import { ingestHandler } from './ingest-handler.ts';
import { IngestMeter } from './ingest-meter.ts';
import { materializeHandler } from './materialize-handler.ts';
import { type OnlineParts, onlineHandlers } from './online-handlers.ts';
import { sourceHandlers } from './source-handlers.ts';

/** Gives the handlers of the feature service. */
export function featureHandlers(
  parts: OnlineParts & AuditParts & { readonly metrics: MetricSink },
): Handlers<'mlmesh.feature.v1.FeatureService'> {
  const { service } = parts;
  return {
    ...onlineHandlers(parts),
    ...sourceHandlers(service),
    ...auditHandlers(parts),
    deleteEntity: deleteHandler(service),
    ingest: ingestHandler(service, new IngestMeter(parts.metrics)),
    materializeView: materializeHandler(service),
    listDefinitions: () => definitionsOf(service),
  };
}

function definitionsOf(service: FeatureService): ListDefinitionsResponse {
  const { features, featureSets, views } = service.mesh;
  const stats = service.viewStats();
  return {
    features: sortedBy(features, ({ name }) => name).map(({ name, hash, view, summary }) => ({
      name,
      hash,
      view: view ?? '',
      summary,
    })),
    views: sortedBy(views, ({ id }) => id).map(({ id }) => {
      const { entities = 0, newestTs = Number.NEGATIVE_INFINITY } = stats.get(id) ?? {};
      return { id, entities, newestEventMs: Number.isFinite(newestTs) ? newestTs : 0 };
    }),
    featureSets: sortedBy(featureSets, ({ name }) => name).map(
      ({ name, hash, columns, joinKeys }) => ({
        model: name,
        hash,
        columns: columns.map((column) => column.name),
        joinKeys: [...joinKeys],
      }),
    ),
    logOffset: service.logOffset,
  };
}

function sortedBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...items].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}
