import type { MetricSink } from '../../shared/kernel/metric-sink.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { type AuditParts, auditHandlers } from './audit-handlers.ts';
import { definitionHandlers } from './definition-handlers.ts';
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
  const { service, answers } = parts;
  return {
    ...onlineHandlers(parts),
    ...sourceHandlers(service, answers),
    ...auditHandlers(parts),
    deleteEntity: deleteHandler(service),
    ingest: ingestHandler(service, new IngestMeter(parts.metrics)),
    materializeView: materializeHandler(service),
    ...definitionHandlers(service),
  };
}
