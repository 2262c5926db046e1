import { type ProcessName, type ServiceName, serviceNames } from './service-name.ts';

/** Addresses (`host:port`) of the replicas of one service, at least one. */
export type AddressList = readonly [string, ...string[]];

/** Where each service of a mesh listens, replica by replica. */
export type MeshAddresses = Readonly<Record<ServiceName, AddressList>>;

/** Gives a list of addresses, or undefined where there is none. */
export function addressList(addresses: readonly string[]): AddressList | undefined {
  const [first, ...others] = addresses;
  return first === undefined ? undefined : [first, ...others];
}

/** Gives the addresses of each service as `listOf` says. */
export function meshAddresses(listOf: (service: ServiceName) => AddressList): MeshAddresses {
  return {
    registry: listOf('registry'),
    feature: listOf('feature'),
    prediction: listOf('prediction'),
    monitor: listOf('monitor'),
    router: listOf('router'),
  };
}

/** One process of a service. */
export interface Replica {
  readonly service: ServiceName;
  /** Counted from 1. */
  readonly number: number;
}

/** Gives all replicas behind addresses, service by service in the order in which they start. */
export function replicasOf(addresses: MeshAddresses): readonly Replica[] {
  return serviceNames.flatMap((service) =>
    addresses[service].map((_, index) => ({ service, number: index + 1 })),
  );
}

/** Gives the name of a replica: `router` where it is the only one of `count`, otherwise `router#2`. */
export function replicaName({ service, number }: Replica, count: number): string {
  return count === 1 ? service : `${service}#${number}`;
}

/** Gives the name of a replica's file or folder: the first one has that of its service, so that more can be added to a mesh that has one. */
export function replicaFileName({
  service,
  number,
}: {
  readonly service: ProcessName;
  readonly number: number;
}): string {
  return number === 1 ? service : `${service}-${number}`;
}
