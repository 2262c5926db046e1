import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';

/** Starts the telemetry of this process in the part of a caller: the spans that its predictions hang under go to the monitor. */
export async function callerTelemetry(monitorAddress: string, tls?: ClientTls): Promise<Telemetry> {
  // OpenTelemetry takes a quarter of the time that a command takes to start, and most commands call nothing that is traced.
  const { startTelemetry } = await import('../../shared/platform/telemetry/start-telemetry.ts');
  return startTelemetry({
    serviceName: 'client',
    instanceId: String(process.pid),
    serviceVersion: '0.1.0',
    endpoint: `${tls === undefined ? 'http' : 'https'}://${monitorAddress}`,
    tls,
  });
}
