import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';

/** Clients of the services that a console talks to; they connect with their first call. */
export interface MeshClients {
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;
  readonly monitor: ServiceClient<'mlmesh.monitor.v1.MonitorService'>;
  readonly router: ServiceClient<'mlmesh.router.v1.RouterService'>;
  /** Closes the connections. */
  close(): void;
}

// A page is drawn again every 2 s: what takes longer is shown as not answering, and the rest is drawn without it.
const timeoutMs = durationMs(2_000);
const connectMsMax = durationMs(1_000);

/** Connects to the services of a mesh. */
export function connectClients(
  addresses: MeshAddresses,
  clock: Clock,
  tls?: ClientTls,
): MeshClients {
  const options = { clock, timeoutMs, connectMsMax, attemptsMax: 2, tls };
  const registry = connectService(
    'mlmesh.registry.v1.RegistryService',
    addresses.registry,
    options,
  );
  const feature = connectService('mlmesh.feature.v1.FeatureService', addresses.feature, options);
  const monitor = connectService('mlmesh.monitor.v1.MonitorService', addresses.monitor, options);
  const router = connectService('mlmesh.router.v1.RouterService', addresses.router, options);
  return {
    registry,
    feature,
    monitor,
    router,
    close() {
      for (const client of [registry, feature, monitor, router]) client.close();
    },
  };
}
