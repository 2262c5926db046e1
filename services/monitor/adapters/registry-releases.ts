import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService, type ServiceClient } from '../../shared/platform/grpc/client.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import type { MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';
import type {
  ReleaseControl,
  ReleasePosition,
  RollbackOrder,
  VersionFacts,
} from '../release-ports.ts';

/** A monitor looks every other second: what takes longer is asked again then. */
const lookMs = durationMs(2_000);
/** A rollback is worth waiting for. */
const moveMs = durationMs(5_000);

/** Looks at releases in the registry and in the prediction services, and takes them back through the registry. */
export class RegistryReleases implements ReleaseControl {
  readonly #registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly #predictions: readonly ServiceClient<'mlmesh.prediction.v1.PredictionService'>[];

  constructor({ registry, prediction }: MeshAddresses, clock: Clock, tls?: ClientTls) {
    const options = { clock, connectMsMax: lookMs, tls };
    this.#registry = connectService('mlmesh.registry.v1.RegistryService', registry, options);
    this.#predictions = prediction.map((address) =>
      connectService('mlmesh.prediction.v1.PredictionService', [address], options),
    );
  }

  position(model: string, signal: AbortSignal): Promise<ReleasePosition | undefined> {
    return this.#position(model, { own: 'production', target: 'previous' }, signal);
  }

  /** Looks at canaries in place of production, and takes one from its callers: quarantine ends its trial, and production answers them again. */
  canaries(): ReleaseControl {
    return {
      position: (model, signal) =>
        this.#position(model, { own: 'canary', target: 'production' }, signal),
      rollback: async (order, signal) => {
        await this.quarantine(order, signal);
        return 0;
      },
      quarantine: () => Promise.resolve(),
    };
  }

  async #position(
    model: string,
    names: { readonly own: string; readonly target: string },
    signal: AbortSignal,
  ): Promise<ReleasePosition | undefined> {
    const options = { timeoutMs: lookMs, signal };
    const request = { model, isAliasedOnly: true };
    const { aliases, versions } = await listVersionPages(this.#registry, request, options);
    const held = (name: string) => aliases.find(({ alias }) => alias === name);
    const own = held(names.own);
    if (own === undefined || own.version === 0) return undefined;
    const previousVersion = held(names.target)?.version ?? 0;
    const numbered = (wanted: number) => versions.find(({ version }) => version === wanted);
    const previous = numbered(previousVersion);
    const hosts = await this.#hosts(model, signal);
    return {
      model,
      version: own.version,
      previousVersion,
      generation: own.generation,
      isPreviousQuarantined: previous?.state === 'VERSION_STATE_QUARANTINED',
      isPreviousReady: previousVersion > 0 && isReady(hosts, previousVersion),
      facts: factsOf(numbered(own.version), hosts),
      previousFacts: factsOf(previous, hosts),
    };
  }

  async rollback({ model, fromVersion, reason }: RollbackOrder, signal: AbortSignal) {
    const options = { timeoutMs: moveMs, signal };
    const { aliases } = await this.#registry.rollback({ model, fromVersion, reason }, options);
    return aliases.find(({ alias }) => alias === 'production')?.generation ?? 0;
  }

  async quarantine({ model, fromVersion, reason }: RollbackOrder, signal: AbortSignal) {
    const request = { model, version: fromVersion, reason, isCleared: false };
    await this.#registry.quarantine(request, { timeoutMs: moveMs, signal });
  }

  close(): void {
    this.#registry.close();
    for (const client of this.#predictions) client.close();
  }

  /** Gives what the services that answer host. */
  async #hosts(model: string, signal: AbortSignal): Promise<readonly Host[]> {
    const options = { timeoutMs: lookMs, signal };
    const answers = await Promise.allSettled(
      this.#predictions.map((client) => client.modelStatus({ model }, options)),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }
}

type Host = ClientResponseOf<'mlmesh.prediction.v1.PredictionService', 'modelStatus'>;

/** Whether all services that answer have it; none does where none answers. */
function isReady(hosts: readonly Host[], version: number): boolean {
  const isThere = ({ servables }: Host) =>
    servables.some(
      (servable) => servable.version === version && servable.state === 'SERVABLE_STATE_READY',
    );
  return hosts.length > 0 && hosts.every(isThere);
}

interface RegisteredVersion {
  readonly version: number;
  readonly provenance: { readonly metrics: Readonly<Record<string, number>> } | null;
}

/** The slowest service speaks for a version. */
function factsOf(registered: RegisteredVersion | undefined, hosts: readonly Host[]): VersionFacts {
  if (registered === undefined) return {};
  const { auc, log_loss: loss, baseline_log_loss: baseline } = registered.provenance?.metrics ?? {};
  const servables = hosts.flatMap((host) => host.servables);
  const inferenceMs = servables
    .filter(({ version }) => version === registered.version)
    .reduce((most, { callMs }) => Math.max(most, callMs), 0);
  return {
    ...(inferenceMs > 0 ? { inferenceMs } : {}),
    ...(auc === undefined ? {} : { evaluatedAuc: auc }),
    ...(loss === undefined || baseline === undefined
      ? {}
      : { evaluatedExcessLoss: loss - baseline }),
  };
}
