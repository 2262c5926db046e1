import { once } from 'node:events';
import type { Server } from 'node:https';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { IMetricReader, MetricProducer } from '@opentelemetry/sdk-metrics';
import { MeshError } from '../../kernel/mesh-error.ts';
import { type BindAddress, isLoopback, parseBindAddress } from '../grpc/bind-address.ts';
import type { ServerTls } from '../grpc/tls/open-tls.ts';
import { securedMetrics } from './secured-metrics.ts';

/** Where a Prometheus reads the metrics of this process: `/metrics` of its address. */
export interface PrometheusEndpoint {
  readonly reader: IMetricReader;
  /** Listens. @throws {MeshError} UNAVAILABLE / PORT_TAKEN */
  start(): Promise<void>;
  /** Stops listening. */
  stop(): Promise<void>;
}

/**
 * Gives an endpoint at `host:port`. On the loopback nobody is asked who they are; any other address has HTTPS, and asks for a role.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG for another address without TLS
 */
export function prometheusEndpoint(
  address: string,
  metrics: MetricProducer,
  tls: ServerTls | undefined,
): PrometheusEndpoint {
  const bind = parseBindAddress(address);
  const isOpen = isLoopback(bind.host);
  if (!isOpen && tls === undefined) throw notLoopback(address);
  const reader = new PrometheusExporter({
    ...bind,
    preventServerStart: true,
    metricProducers: [metrics],
    withoutScopeInfo: true, // one scope: it would be the same label on every series
  });
  const secured =
    isOpen || tls === undefined
      ? undefined
      : securedMetrics(tls, (request, response) =>
          reader.getMetricsRequestHandler(request, response),
        );
  return {
    reader,
    async start() {
      try {
        await (secured === undefined ? reader.startServer() : listen(secured, bind));
      } catch (error) {
        throw taken(address, error);
      }
    },
    async stop() {
      if (secured === undefined || !secured.listening) return; // the reader stops its own
      const closed = once(secured, 'close');
      secured.close();
      secured.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: BindAddress): Promise<void> {
  const listening = once(server, 'listening');
  server.listen({ host, port, exclusive: true });
  await listening;
}

function notLoopback(address: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted a loopback address or TLS for the metrics, got '${address}' without TLS; give the service certificates, or let a collector on this machine pass them on`,
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
