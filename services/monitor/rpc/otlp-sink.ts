import type { Clock } from '../../shared/kernel/clock.ts';
import { implement, type ServiceImplementation } from '../../shared/platform/grpc/implement.ts';
import type { ServiceWatch } from '../core/service-watch.ts';
import type { TraceStore } from '../core/trace-store.ts';
import { readSpans, serviceOf } from './otlp-spans.ts';

/** Where telemetry goes. */
export interface OtlpSinkParts {
  readonly traces: TraceStore;
  readonly watch: ServiceWatch;
  readonly clock: Clock;
}

/** A collector's usual batch, 8,192 spans, with 15 attributes each. */
const exported = { export: { valuesMax: 2_097_152 } };

/**
 * Gives the OTLP services: spans go to the trace store; metrics and log records count as signs of life of their service, which keeps its own
 * log file. A collector beside the monitor is the place for more.
 */
export function otlpSink({
  traces,
  watch,
  clock,
}: OtlpSinkParts): readonly ServiceImplementation[] {
  const heard = (resource: Parameters<typeof serviceOf>[0]) => {
    const service = serviceOf(resource);
    if (service !== '') watch.heard(service, clock.epoch());
  };
  return [
    implement(
      'opentelemetry.proto.collector.trace.v1.TraceService',
      {
        export({ resourceSpans }) {
          let rejected = 0;
          for (const from of resourceSpans) {
            heard(from.resource);
            const spans = readSpans(from);
            for (const span of spans) traces.add(span);
            const sent = from.scopeSpans.reduce((sum, scope) => sum + scope.spans.length, 0);
            rejected += sent - spans.length;
          }
          if (rejected === 0) return {};
          const errorMessage = 'wanted a trace id of 16 bytes and a span id of 8';
          return { partialSuccess: { rejectedSpans: rejected, errorMessage } };
        },
      },
      exported,
    ),
    implement(
      'opentelemetry.proto.collector.metrics.v1.MetricsService',
      {
        export({ resourceMetrics }) {
          for (const { resource } of resourceMetrics) heard(resource);
          return {};
        },
      },
      exported,
    ),
    implement(
      'opentelemetry.proto.collector.logs.v1.LogsService',
      {
        export({ resourceLogs }) {
          for (const { resource } of resourceLogs) heard(resource);
          return {};
        },
      },
      exported,
    ),
  ];
}
