import type {
  ClientRequestOf,
  ClientResponseOf,
} from '../../shared/platform/grpc/service-types.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import { formatShare } from '../format.ts';
import type { CommandResult, MeshSession } from '../mesh-command.ts';
import {
  type HeldAlias,
  renderTraffic,
  type SteeredTraffic,
  type TrafficFacts,
  trafficRows,
} from '../traffic-sheet.ts';

type Registry = 'mlmesh.registry.v1.RegistryService';
type WireTraffic = ClientResponseOf<Registry, 'listVersions'>['traffic'][number];
type SetTraffic = ClientRequestOf<Registry, 'setTraffic'>;

/** Shows who answers callers of one model, or of all with '', and who sees the same requests. */
export async function showTraffic(session: MeshSession, model: string): Promise<CommandResult> {
  const { mesh, context } = session;
  const { signal, clock } = context;
  const request = { model, isAliasedOnly: true };
  const { aliases } = await listVersionPages(mesh.registry, request, { signal });
  const names = [...new Set(aliases.map((alias) => alias.model))];
  // One that is not there is refused by its name.
  if (model !== '' && names.length === 0) names.push(model);
  const all: TrafficFacts[] = [];
  for (const name of names) {
    all.push(
      await readFacts(
        session,
        name,
        aliases.filter((alias) => alias.model === name),
      ),
    );
  }
  const nowMs = clock.epoch();
  const models = all.map((facts) => ({
    model: facts.model,
    ...facts.steered,
    ramp: facts.steered.ramp ?? null,
    roles: trafficRows(facts, nowMs),
  }));
  const text = all.map((facts) => renderTraffic(facts, nowMs)).join('\n');
  return { json: { models }, text: text === '' ? 'no model has an alias yet\n' : text };
}

async function readFacts(
  { mesh, context: { signal } }: MeshSession,
  model: string,
  aliases: readonly HeldAlias[],
): Promise<TrafficFacts> {
  const { traffic, rampSteps, holdForMs } = await mesh.registry.getTraffic({ model }, { signal });
  const { models } = await mesh.router.getRouting({ model }, { signal });
  const steered: SteeredTraffic = {
    generation: traffic?.generation ?? 0,
    isShadowPaused: traffic?.isShadowPaused ?? false,
    ramp: traffic?.canaryRamp ?? undefined,
    steps: rampSteps,
    holdForMs,
  };
  return { model, aliases, steered, routed: models[0] };
}

/**
 * Steers the traffic of a model, unless somebody else does at the same time. What makes a version serve fewer callers, or shadows see fewer requests, is done
 * whatever the others do.
 */
export async function steerTraffic(
  { mesh, context: { signal } }: MeshSession,
  wanted: Omit<SetTraffic, 'expectedGeneration'> & { readonly model: string },
  isSafe: boolean,
): Promise<CommandResult> {
  const { model } = wanted;
  const seen = await mesh.registry.getTraffic({ model }, { signal });
  const expectedGeneration = isSafe ? -1 : (seen.traffic?.generation ?? 0);
  const { traffic, sequence } = await mesh.registry.setTraffic(
    { ...wanted, expectedGeneration },
    { signal },
  );
  return { json: { traffic, sequence }, text: traffic === null ? '' : trafficLine(traffic) };
}

/** Says how the traffic of a model is steered, in a line. */
export function trafficLine({ model, canaryRamp, isShadowPaused }: WireTraffic): string {
  return `${model}: ${trafficText({ canaryRamp, isShadowPaused })}\n`;
}

/** Says what the canary has and whether shadows are paused. */
export function trafficText({
  canaryRamp,
  isShadowPaused,
}: Pick<WireTraffic, 'canaryRamp' | 'isShadowPaused'>): string {
  const shadows = isShadowPaused ? ', shadows paused' : '';
  if (canaryRamp === null) return `no canary${shadows}`;
  const { version, share, isHeld } = canaryRamp;
  return `canary version ${version} at ${formatShare(share)}${isHeld ? ', held' : ''}${shadows}`;
}
