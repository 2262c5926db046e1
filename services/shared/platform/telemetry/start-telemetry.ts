import type { Component } from '../../kernel/component.ts';
import type { Logger, LogLevel } from '../../kernel/logger.ts';
import type { MetricSink } from '../../kernel/metric-sink.ts';
import type { ServerTls } from '../grpc/tls/open-tls.ts';
import type { ClientTls } from '../grpc/tls/secure-options.ts';
import { type EventLoggerOptions, eventLogger, type LogFormat } from './event-logger.ts';
import { MetricStore } from './metric-store.ts';
import { type Exports, readMetrics, resourceOf, startExports } from './otlp-exports.ts';
import { measureProcess } from './process-metrics.ts';
import { prometheusEndpoint } from './prometheus-endpoint.ts';
import { silentMetrics } from './silent-metrics.ts';
import { SpanClock } from './span-clock.ts';
import { SpanIds } from './span-ids.ts';
import type { SpanRecorder } from './span-recorder.ts';

/** How a process tells what it does. */
export interface TelemetryOptions {
  /** Name of the service, such as `router`. */
  readonly serviceName: string;
  /** Tells replicas of one service apart. */
  readonly instanceId: string;
  readonly serviceVersion: string;
  /** OTLP/gRPC endpoint, `http://host:port`; undefined keeps everything but the log lines inside the process. */
  readonly endpoint: string | undefined;
  /** What this process proves itself with to the endpoint; undefined is plain text. */
  readonly tls?: ClientTls | undefined;
  /** Where a Prometheus reads the metrics, `host:port`; undefined gives them to none. */
  readonly metricsAddress?: string | undefined;
  /** With what they are served where that is not on the loopback. */
  readonly metricsTls?: ServerTls | undefined;
  /** Folder whose disk is measured. */
  readonly dataDirectory?: string;
  /** 'json' by default. */
  readonly logFormat?: LogFormat;
  /** 'info' by default. */
  readonly logLevelMin?: LogLevel;
  /** Spans and log records wait this long at most before they are sent; 500 by default, so that a trace can be read within 2 s. */
  readonly exportIntervalMs?: number;
}

/** What a process uses to tell what it does. Nothing of it throws or waits; what can't be sent is dropped and counted. */
export interface Telemetry extends Component {
  readonly spans: SpanRecorder;
  readonly ids: SpanIds;
  readonly spanClock: SpanClock;
  readonly metrics: MetricSink;
  readonly log: Logger;
  /** Sends what waits; resolves when it has arrived or was given up. */
  flush(): Promise<void>;
}

const adjustIntervalMs = 10_000; // a clock drifts by far less than 2 ms in that time

/**
 * Starts the telemetry of this process; call it before anything else is made. Hand it to the process as its first component, so that it
 * stops last. Nothing global is set: no context manager, no patched module, so that the hot path pays for nothing it does not record.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { endpoint, metricsAddress, dataDirectory } = options;
  const isMeasured = endpoint !== undefined || metricsAddress !== undefined;
  const { store, resource } = newStore(options);
  const prometheus =
    metricsAddress === undefined
      ? undefined
      : prometheusEndpoint(metricsAddress, store, options.metricsTls);
  const measured = {
    store,
    resource,
    readers: prometheus === undefined ? [] : [prometheus.reader],
  };
  const exports = endpoint === undefined ? undefined : startExports(endpoint, options, measured);
  const read =
    exports === undefined && prometheus !== undefined ? readMetrics(measured) : undefined;
  const metrics = isMeasured ? store : silentMetrics;
  const spanClock = new SpanClock();
  const processMetrics = measureProcess(metrics, dataDirectory);
  const timer = setInterval(() => spanClock.adjust(), adjustIntervalMs).unref();
  return {
    name: 'telemetry',
    spans: exports?.spans ?? { record: () => undefined },
    ids: new SpanIds(),
    spanClock,
    metrics,
    log: eventLogger(loggerOptions(options, exports)),
    start: () => prometheus?.start() ?? Promise.resolve(),
    flush: () => exports?.flush() ?? Promise.resolve(),
    async stop(graceMs) {
      clearInterval(timer);
      await prometheus?.stop();
      await exports?.stop(graceMs);
      await read?.stop(graceMs);
      processMetrics[Symbol.dispose]();
    },
  };
}

function newStore(options: TelemetryOptions) {
  const resource = resourceOf(options);
  const scope = { name: 'mlmesh', version: options.serviceVersion };
  return { resource, store: new MetricStore({ resource, scope, now: () => Date.now() }) };
}

function loggerOptions(
  options: TelemetryOptions,
  exports: Exports | undefined,
): EventLoggerOptions {
  return {
    service: options.serviceName,
    format: options.logFormat ?? 'json',
    levelMin: options.logLevelMin ?? 'info',
    write: (line) => void process.stderr.write(line),
    epochMs: () => Date.now(),
    otel: exports?.logger,
  };
}
