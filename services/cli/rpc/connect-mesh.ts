import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';

/** Clients of the services that a command talks to; they connect with their first call. */
export interface MeshConnection extends Disposable {
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly feature: ServiceClient<'mlmesh.feature.v1.FeatureService'>;
  readonly monitor: ServiceClient<'mlmesh.monitor.v1.MonitorService'>;
  readonly prediction: ServiceClient<'mlmesh.prediction.v1.PredictionService'>;
  readonly router: ServiceClient<'mlmesh.router.v1.RouterService'>;
}

// A person waits: long enough for a service that is restarting, short enough to be told that it does not come back.
const timeoutMs = durationMs(10_000);

/** Connects to the services of a mesh; disposing closes the connections. */
export function connectMesh(
  addresses: MeshAddresses,
  clock: Clock,
  tls?: ClientTls,
): MeshConnection {
  const options = { clock, timeoutMs, tls };
  const registry = connectService(
    'mlmesh.registry.v1.RegistryService',
    addresses.registry,
    options,
  );
  const feature = connectService('mlmesh.feature.v1.FeatureService', addresses.feature, options);
  const monitor = connectService('mlmesh.monitor.v1.MonitorService', addresses.monitor, options);
  const prediction = connectService(
    'mlmesh.prediction.v1.PredictionService',
    addresses.prediction,
    options,
  );
  const router = connectService('mlmesh.router.v1.RouterService', addresses.router, options);
  return {
    registry,
    feature,
    monitor,
    prediction,
    router,
    [Symbol.dispose]() {
      for (const client of [registry, feature, monitor, prediction, router]) client.close();
    },
  };
}
