import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { IMetricReader, MetricProducer } from '@opentelemetry/sdk-metrics';
import { MeshError } from '../../kernel/mesh-error.ts';
import { isLoopback, parseBindAddress } from '../grpc/bind-address.ts';

/** Where a Prometheus reads the metrics of this process: `http://<address>/metrics`. */
export interface PrometheusEndpoint {
  readonly reader: IMetricReader;
  /** Listens. @throws {MeshError} UNAVAILABLE / PORT_TAKEN */
  start(): Promise<void>;
}

/**
 * Gives an endpoint at `host:port`, which stops with its reader. Nobody is asked who they are, so it is for loopback alone.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG for any other host
 */
export function prometheusEndpoint(address: string, metrics: MetricProducer): PrometheusEndpoint {
  const { host, port } = parseBindAddress(address);
  if (!isLoopback(host)) throw notLoopback(address);
  const reader = new PrometheusExporter({
    host,
    port,
    preventServerStart: true,
    metricProducers: [metrics],
    withoutScopeInfo: true, // one scope: it would be the same label on every series
  });
  return {
    reader,
    async start() {
      try {
        await reader.startServer();
      } catch (error) {
        throw taken(address, error);
      }
    },
  };
}

function notLoopback(address: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a loopback address for the metrics, got '${address}'; let a collector on this machine pass them on`,
  });
}

function taken(address: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PORT_TAKEN',
    message: `wanted to give metrics on ${address}, but could not listen there; stop who does, or choose another port`,
    cause,
  });
}
