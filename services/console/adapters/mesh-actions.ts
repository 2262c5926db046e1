import type { ClientRequestOf } from '../../shared/platform/grpc/service-types.ts';
import type { Action, ReasonedAction } from '../core/actions.ts';
import type { Person } from '../core/person.ts';
import type { ActionResult } from '../core/views.ts';
import type { Actions, Asker } from '../ports.ts';
import type { MeshClients } from './mesh-clients.ts';

type Registry = MeshClients['registry'];
type ActionClients = Pick<MeshClients, 'registry' | 'monitor'>;
type SetTraffic = ClientRequestOf<'mlmesh.registry.v1.RegistryService', 'setTraffic'>;

/** Does what a person asks for, at the registry, which alone moves aliases and steers traffic and refuses what the checklist does not allow, and at the monitor, which keeps silences. */
export class MeshActions implements Actions {
  readonly #clientsOf: (person: Person | undefined) => ActionClients;

  /** @param clientsOf gives the clients that ask in the name of a person */
  constructor(clientsOf: (person: Person | undefined) => ActionClients) {
    this.#clientsOf = clientsOf;
  }

  async run({ action, reason }: ReasonedAction, asker: Asker): Promise<ActionResult> {
    return { text: await this.#run(action, reason, asker) };
  }

  async #run(action: Action, reason: string, { person, signal }: Asker): Promise<string> {
    const { registry, monitor } = this.#clientsOf(person);
    switch (action.kind) {
      case 'rollback': {
        const { model, fromVersion } = action;
        const { aliases } = await registry.rollback({ model, reason, fromVersion }, { signal });
        return `${model}: ${aliasText(aliases)}`;
      }
      case 'promote': {
        const { model, alias, version, expectedGeneration } = action;
        const request = { model, alias, version, expectedGeneration, reason, isForced: false };
        const { aliases } = await registry.promote(request, { signal });
        return `${model}: ${aliasText(aliases)}`;
      }
      case 'quarantine': {
        const { model, version, isCleared } = action;
        await registry.quarantine({ model, version, reason, isCleared }, { signal });
        return `${model}: version ${version} ${isCleared ? 'cleared' : 'quarantined'}`;
      }
      case 'hold-ramp': {
        const { model, isHeld } = action;
        // Holding is safe whatever others do meanwhile.
        return steer(registry, { model, reason, isHeld, expectedGeneration: -1 }, signal);
      }
      case 'advance-ramp': {
        const { model, expectedGeneration } = action;
        return steer(registry, { model, reason, isNextStep: true, expectedGeneration }, signal);
      }
      case 'silence': {
        const { alertId, durationMs } = action;
        await monitor.silence({ alertId, durationMs, reason }, { signal });
        return `${alertId} is silenced`;
      }
      case 'end-silence': {
        const { silenceId } = action;
        await monitor.endSilence({ silenceId }, { signal });
        return `${silenceId} is over`;
      }
    }
  }
}

async function steer(
  registry: Registry,
  request: SetTraffic,
  signal: AbortSignal,
): Promise<string> {
  const { traffic } = await registry.setTraffic(request, { signal });
  const ramp = traffic?.canaryRamp;
  if (!ramp) return `${request.model}: no canary`;
  const held = ramp.isHeld ? ', held' : '';
  const share = Number((ramp.share * 100).toPrecision(4));
  return `${request.model}: canary version ${ramp.version} at ${share} %${held}`;
}

function aliasText(
  aliases: readonly { readonly alias: string; readonly version: number }[],
): string {
  return aliases
    .map(({ alias, version }) => `${alias} is ${version === 0 ? 'none' : `version ${version}`} now`)
    .join(', ');
}
