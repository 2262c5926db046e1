import type { Logger as OtelLogger } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { askNoProxyOnLoopback } from '../grpc/loopback-proxy.ts';
import { channelCredentials } from '../grpc/tls/channel-credentials.ts';
import type { ClientTls } from '../grpc/tls/secure-options.ts';
import { MeshSpan } from './mesh-span.ts';
import type { MetricStore } from './metric-store.ts';
import type { SpanRecorder } from './span-recorder.ts';

/** What names the process in everything that it sends. */
export interface ExportedProcess {
  readonly serviceName: string;
  readonly instanceId: string;
  readonly serviceVersion: string;
  readonly exportIntervalMs?: number;
  readonly tls?: ClientTls | undefined;
}

/** What a process measures, and who reads it beside the endpoint. */
export interface MeasuredProcess {
  readonly store: MetricStore;
  readonly resource: Resource;
  readonly readers: readonly IMetricReader[];
}

/** The ways out of a process. */
export interface Exports {
  readonly spans: SpanRecorder;
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

/**
 * Starts sending spans, metrics and log records to an OTLP/gRPC endpoint, `http://host:port`, or `https://host:port` with the certificates of
 * `tls`. One that is down costs the data, nothing else. Metrics go to
 * further readers as well.
 */
export function startExports(
  url: string,
  exported: ExportedProcess,
  { store, resource, readers }: MeasuredProcess,
): Exports {
  askNoProxyOnLoopback(process.env);
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
      ...readers,
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(exporter),
        metricProducers: [store],
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
    logger: logs.getLogger(scope.name, scope.version),
    flush: () => settled(parts.map((part) => part.forceFlush())),
    stop: (graceMs) => within(settled(parts.map((part) => part.shutdown())), graceMs),
  };
}

/** Gives metrics to readers alone: those of a process that sends nothing. */
export function readMetrics({ resource, readers }: MeasuredProcess): Pick<Exports, 'stop'> {
  const meters = new MeterProvider({ resource, readers: [...readers] });
  return { stop: (graceMs) => within(settled([meters.shutdown()]), graceMs) };
}

/** Gives what stands on everything that a process sends. */
export function resourceOf(exported: ExportedProcess): Resource {
  return resourceFromAttributes({
    'service.name': exported.serviceName,
    'service.instance.id': exported.instanceId,
    'service.version': exported.serviceVersion,
    'process.pid': process.pid,
  });
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
