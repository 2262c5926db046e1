import {
  type MeshAddresses,
  type Replica,
  replicaName,
  replicasOf,
} from '../../shared/platform/process/mesh-addresses.ts';
import { UsageError } from '../exit-code.ts';

/**
 * Gives the replicas that are named: `router` is all of its replicas, `router#2` one of them, `all` everything. They come in the order in
 * which services start, each once.
 * @throws {UsageError} when a name means nothing in this mesh
 */
export function restartTargets(
  names: readonly string[],
  addresses: MeshAddresses,
): readonly Replica[] {
  const replicas = replicasOf(addresses);
  const isNamed = (replica: Replica, name: string) =>
    name === 'all' || name === replica.service || name === `${replica.service}#${replica.number}`;
  const unknown = names.find((name) => !replicas.some((replica) => isNamed(replica, name)));
  if (unknown !== undefined) {
    const known = replicas.map((one) => replicaName(one, addresses[one.service].length));
    throw new UsageError(
      `nothing here is called '${unknown}'; wanted a service, one of ${known.join(', ')}, or all`,
    );
  }
  return replicas.filter((replica) => names.some((name) => isNamed(replica, name)));
}
