import type { ClientRequestOf } from '../../shared/platform/grpc/service-types.ts';
import type { Action, ReasonedAction } from '../core/actions.ts';
import type { ActionResult } from '../core/views.ts';
import type { Actions } from '../ports.ts';
import type { MeshClients } from './mesh-clients.ts';

type Registry = MeshClients['registry'];
type SetTraffic = ClientRequestOf<'mlmesh.registry.v1.RegistryService', 'setTraffic'>;

/** Does what a person asks for, at the registry, which alone moves aliases and steers traffic and refuses what the checklist does not allow, and at the monitor, which keeps silences. */
export class MeshActions implements Actions {
  readonly #registry: Registry;
  readonly #monitor: MeshClients['monitor'];

  constructor({ registry, monitor }: Pick<MeshClients, 'registry' | 'monitor'>) {
    this.#registry = registry;
    this.#monitor = monitor;
  }

  async run(wanted: ReasonedAction, signal: AbortSignal): Promise<ActionResult> {
    return { text: await this.#run(wanted.action, wanted.reason, signal) };
  }

  async #run(action: Action, reason: string, signal: AbortSignal): Promise<string> {
    const registry = this.#registry;
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
        return this.#steer({ model, reason, isHeld, expectedGeneration: -1 }, signal);
      }
      case 'advance-ramp': {
        const { model, expectedGeneration } = action;
        return this.#steer({ model, reason, isNextStep: true, expectedGeneration }, signal);
      }
      case 'silence': {
        const { alertId, durationMs } = action;
        await this.#monitor.silence({ alertId, durationMs, reason }, { signal });
        return `${alertId} is silenced`;
      }
      case 'end-silence': {
        const { silenceId } = action;
        await this.#monitor.endSilence({ silenceId }, { signal });
        return `${silenceId} is over`;
      }
    }
  }

  async #steer(request: SetTraffic, signal: AbortSignal): Promise<string> {
    const { traffic } = await this.#registry.setTraffic(request, { signal });
    const ramp = traffic?.canaryRamp;
    if (!ramp) return `${request.model}: no canary`;
    const held = ramp.isHeld ? ', held' : '';
    const share = Number((ramp.share * 100).toPrecision(4));
    return `${request.model}: canary version ${ramp.version} at ${share} %${held}`;
  }
}

function aliasText(
  aliases: readonly { readonly alias: string; readonly version: number }[],
): string {
  return aliases
    .map(({ alias, version }) => `${alias} is ${version === 0 ? 'none' : `version ${version}`} now`)
    .join(', ');
}
