import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import { startTelemetry, type Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';

/** Starts the telemetry of this process in the part of a caller: the spans that its predictions hang under go to the monitor. */
export function callerTelemetry(monitorAddress: string, tls?: ClientTls): Telemetry {
  return startTelemetry({
    serviceName: 'client',
    instanceId: String(process.pid),
    serviceVersion: '0.1.0',
    endpoint: `${tls === undefined ? 'http' : 'https'}://${monitorAddress}`,
    tls,
  });
}
