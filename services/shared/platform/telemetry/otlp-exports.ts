import type { Logger as OtelLogger } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { MetricSink } from '../../kernel/metric-sink.ts';
import { type ClientTls, channelCredentials } from '../grpc/tls/channel-credentials.ts';
import { MeshSpan } from './mesh-span.ts';
import { otelMetrics } from './otel-metrics.ts';
import type { SpanRecorder } from './span-recorder.ts';

/** What names the process in everything that it sends. */
export interface ExportedProcess {
  readonly serviceName: string;
  readonly instanceId: string;
  readonly serviceVersion: string;
  readonly exportIntervalMs?: number;
  readonly tls?: ClientTls | undefined;
}

/** The ways out of a process. */
export interface Exports {
  readonly spans: SpanRecorder;
  readonly metrics: MetricSink;
  readonly logger: OtelLogger;
  flush(): Promise<void>;
  /** Sends what waits, within `graceMs`, and closes; never rejects. */
  stop(graceMs: number): Promise<void>;
}

const queueMax = 8_192; // spans: some seconds of a service under load, about 8 MB
const batchMax = 512;
const exportTimeoutMs = 2_000; // longer than any pause of a monitor that is alive; then the batch is given up
const exportIntervalMsDefault = 500;
const metricIntervalMs = 2_000;

/** Starts sending spans, metrics and log records to an OTLP/gRPC endpoint, `http://host:port`, or `https://host:port` with the certificates of `tls`. One that is down costs the data, nothing else. */
export function startExports(url: string, exported: ExportedProcess): Exports {
  const resource = resourceFromAttributes({
    'service.name': exported.serviceName,
    'service.instance.id': exported.instanceId,
    'service.version': exported.serviceVersion,
    'process.pid': process.pid,
  });
  const scope = { name: 'mlmesh', version: exported.serviceVersion };
  const { tls } = exported;
  // A collector beside a mesh with TLS may still want plain text: its URL says so.
  const isSecured = tls !== undefined && url.startsWith('https:');
  const secured = isSecured ? { credentials: channelCredentials(tls) } : {};
  const exporter = { url, timeoutMillis: exportTimeoutMs, ...secured };
  const batch = {
    maxQueueSize: queueMax,
    maxExportBatchSize: batchMax,
    scheduledDelayMillis: exported.exportIntervalMs ?? exportIntervalMsDefault,
    exportTimeoutMillis: exportTimeoutMs,
  };
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(exporter),
        exportIntervalMillis: metricIntervalMs,
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  });
  const spans = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(exporter),
    ...batch,
    selfObsMeterProvider: meters, // counts what was dropped and why
  });
  const logs = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(exporter), ...batch }),
    ],
  });
  const parts = [spans, logs, meters];
  return {
    spans: { record: (record) => spans.onEnd(new MeshSpan(record, resource, scope)) },
    metrics: otelMetrics(meters.getMeter(scope.name, scope.version)),
    logger: logs.getLogger(scope.name, scope.version),
    flush: () => settled(parts.map((part) => part.forceFlush())),
    stop: (graceMs) => within(settled(parts.map((part) => part.shutdown())), graceMs),
  };
}

async function settled(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
}

async function within(work: Promise<void>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
