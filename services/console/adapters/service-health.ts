import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import {
  type MeshAddresses,
  replicaName,
  replicasOf,
} from '../../shared/platform/process/mesh-addresses.ts';
import type { ServiceItem } from '../core/views.ts';

interface Watched {
  readonly name: string;
  readonly address: string;
  readonly client: ServiceClient<'grpc.health.v1.Health'>;
}

// A service that needs longer to say that it is well is not.
const timeoutMs = durationMs(1_000);

/** Asks every process of the services whether it takes calls, over connections that are kept. */
export class ServiceHealth {
  readonly #watched: readonly Watched[];

  constructor(addresses: MeshAddresses, clock: Clock, tls?: ClientTls) {
    const options = { clock, timeoutMs, connectMsMax: timeoutMs, attemptsMax: 1, tls };
    this.#watched = replicasOf(addresses).map((replica) => {
      const { service, number } = replica;
      const address = addresses[service][number - 1] ?? '';
      const name = replicaName(replica, addresses[service].length);
      return { name, address, client: connectService('grpc.health.v1.Health', [address], options) };
    });
  }

  /** Gives how each process is, in the order in which they start. */
  read(signal: AbortSignal): Promise<readonly ServiceItem[]> {
    return Promise.all(this.#watched.map((one) => readOne(one, signal)));
  }

  /** Closes the connections. */
  close(): void {
    for (const { client } of this.#watched) client.close();
  }
}

async function readOne(
  { name, address, client }: Watched,
  signal: AbortSignal,
): Promise<ServiceItem> {
  try {
    const { status } = await client.check({ service: '' }, { signal });
    return { name, address, health: status === 'SERVING' ? 'serving' : 'not serving' };
  } catch {
    signal.throwIfAborted();
    return { name, address, health: 'no answer' };
  }
}
