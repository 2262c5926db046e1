import type { Clock } from '../../shared/kernel/clock.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import { connectService } from '../../shared/platform/grpc/client.ts';
import type { ClientTls } from '../../shared/platform/grpc/tls/secure-options.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';

/** What one process can do beyond being well, by name: whether it can now, or is about to. */
export type Abilities = ReadonlyMap<string, boolean>;

const callMs = durationMs(2_000);

/**
 * Gives what the process at an address can do: the versions that a prediction service hosts, the models and tiers that a router has
 * answers from. Other services can do all they can once they are well.
 * @throws {MeshError} what the process says, or UNAVAILABLE / PEER_UNAVAILABLE
 */
export async function readAbilities(
  service: ProcessName,
  address: string,
  { clock, tls }: { readonly clock: Clock; readonly tls?: ClientTls | undefined },
  signal: AbortSignal,
): Promise<Abilities> {
  const options = { clock, timeoutMs: callMs, connectMsMax: callMs, tls };
  if (service === 'prediction') {
    const client = connectService('mlmesh.prediction.v1.PredictionService', [address], options);
    try {
      const { servables } = await client.modelStatus({}, { signal });
      return new Map(
        servables.map(({ model, version, state }) => [
          `${model}/${version}`,
          state === 'SERVABLE_STATE_READY',
        ]),
      );
    } finally {
      client.close();
    }
  }
  if (service !== 'router') return new Map();
  const client = connectService('mlmesh.router.v1.RouterService', [address], options);
  try {
    const { models } = await client.getRouting({}, { signal });
    return new Map(
      models.flatMap(({ model, productionVersion, fallbackVersion }) => [
        [`production of ${model}`, productionVersion > 0],
        [`fallback of ${model}`, fallbackVersion > 0],
      ]),
    );
  } finally {
    client.close();
  }
}

/**
 * Gives what a process could do before and can't do yet. What it no longer speaks of was taken from it meanwhile, unless it speaks of
 * nothing: then it has not looked yet.
 */
export function missingAbilities(before: Abilities, now: Abilities): readonly string[] {
  const wanted = [...before].filter(([, could]) => could).map(([name]) => name);
  if (now.size === 0) return wanted;
  return wanted.filter((name) => now.get(name) === false);
}
