import {
  type MeshAddresses,
  replicaName,
  replicasOf,
} from '../../shared/platform/process/mesh-addresses.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import { UsageError } from '../exit-code.ts';

/** A process that can be restarted: a replica of a service, or the console. */
export interface RestartTarget {
  readonly service: ProcessName;
  /** Counted from 1. */
  readonly number: number;
  /** Such as `router#2`; `router` where it is the only one. */
  readonly name: string;
}

/**
 * Gives the processes that are named: `router` is all of its replicas, `router#2` one of them, `all` everything. They come in the order in
 * which they start, each once; the console, where there is one, is the last.
 * @throws {UsageError} when a name means nothing in this mesh
 */
export function restartTargets(
  names: readonly string[],
  addresses: MeshAddresses,
  hasConsole = false,
): readonly RestartTarget[] {
  const targets: readonly RestartTarget[] = [
    ...replicasOf(addresses).map((one) => ({
      ...one,
      name: replicaName(one, addresses[one.service].length),
    })),
    ...(hasConsole ? [{ service: 'console', number: 1, name: 'console' } as const] : []),
  ];
  const isNamed = ({ service, number }: RestartTarget, name: string) =>
    name === 'all' || name === service || name === `${service}#${number}`;
  const unknown = names.find((name) => !targets.some((target) => isNamed(target, name)));
  if (unknown !== undefined) {
    const known = targets.map(({ name }) => name);
    throw new UsageError(
      `nothing here is called '${unknown}'; wanted a service, one of ${known.join(', ')}, or all`,
    );
  }
  return targets.filter((target) => names.some((name) => isNamed(target, name)));
}
