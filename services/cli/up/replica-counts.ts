import { InvalidArgumentError } from 'commander';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { type ServiceName, serviceNames } from '../../shared/platform/process/service-name.ts';
import { lmdbRegistry } from '../../shared/platform/store/registry-choice.ts';

/** Processes of each service. */
export type ReplicaCounts = Readonly<Record<ServiceName, number>>;

/** One process of each service. */
export const singleReplicas: ReplicaCounts = {
  registry: 1,
  feature: 1,
  prediction: 1,
  monitor: 1,
  router: 1,
};

/** Replicas of one service: more than a machine has use for, and few enough that their ports stay together. */
const replicasMax = 16;

/**
 * Parses `router=2,prediction=3`; services that are not named have one process.
 * @throws {InvalidArgumentError} for an unknown service, one that is named twice, or a number outside of 1 to 16
 */
export function parseReplicaCounts(text: string): ReplicaCounts {
  const counts: Record<ServiceName, number> = { ...singleReplicas };
  const named = new Set<ServiceName>();
  for (const part of text.split(',')) {
    const [, name, digits] = /^([a-z]+)=(\d{1,3})$/.exec(part.trim()) ?? [];
    const service = serviceNames.find((known) => known === name);
    const count = Number(digits);
    if (service === undefined || named.has(service) || count < 1 || count > replicasMax) {
      throw new InvalidArgumentError(
        `wanted each service once with a number from 1 to ${replicasMax}, such as router=2,prediction=2; the services are ${serviceNames.join(', ')}.`,
      );
    }
    named.add(service);
    counts[service] = count;
  }
  return counts;
}

const singleBecause = {
  feature: 'its event log has one owner, which decides what it has taken before',
  monitor:
    'its log of predictions has one owner, where production is paired with its shadows; routers keep what it has not taken while it is away',
} as const;

/**
 * Refuses more than one process of a service whose store has one owner.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG that says why and what to do
 */
export function checkReplicaCounts(counts: ReplicaCounts, registryStore: string): void {
  for (const service of ['feature', 'monitor'] as const) {
    if (counts[service] === 1) continue;
    throw refused(service, counts, `${singleBecause[service]}; leave it out of --replicas`);
  }
  if (counts.registry > 1 && registryStore === lmdbRegistry) {
    const why = 'its log is in LMDB, which has one owner';
    const instead = '--registry postgres://user:password@host:port/database';
    throw refused('registry', counts, `${why}; keep it in Postgres with ${instead}`);
  }
}

function refused(service: ServiceName, counts: ReplicaCounts, why: string): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_CONFIG',
    message: `wanted one process of the ${service}, got --replicas ${service}=${counts[service]}: ${why}`,
    detail: { service },
  });
}
