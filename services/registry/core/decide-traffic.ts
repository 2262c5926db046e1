import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { defaultRamp, type RampPolicy } from '../../shared/kernel/ramp-policy.ts';
import type { Deciding } from './deciding.ts';
import type { RegistryFact } from './registry-event.ts';
import type { RegistryState } from './registry-state.ts';
import type { CanaryRamp, ModelTraffic, TrafficChange, TrafficSet } from './traffic.ts';

/** Asks to steer the traffic of a model. */
export interface TrafficCommand {
  readonly model: string;
  readonly change: TrafficChange;
  /** Generation of the traffic that the caller has seen, 0 when there was none; -1 changes it whatever it is. */
  readonly expectedGeneration: number;
  readonly reason: string;
  /** Whether the share grows although the ramp is held, its step is not over, or one is left out; the log says so for ever. */
  readonly isForced: boolean;
}

/** The traffic after a command, and what to append; nothing where it was so already. */
export interface DecidedTraffic {
  readonly traffic: ModelTraffic;
  readonly fact: TrafficSet | undefined;
}

type Ramps = Pick<Deciding, 'nowMs' | 'ramps'>;

/** Gives the ramp of a model: its policy's, or the default. */
export function rampOf(model: string, ramps: Ramps['ramps']): RampPolicy {
  return ramps?.get(model) ?? defaultRamp;
}

/** Gives the step that follows a share; undefined behind the last. */
export function nextStep({ steps }: RampPolicy, share: number): number | undefined {
  return steps.find((step) => step > share);
}

/**
 * Gives the traffic of a model after a command. The share of a canary goes down at any time; up it goes a step at a time, while nobody holds it and when its
 * step has lasted as long as the policy wants, unless it is forced. From 0 the first step may follow at once: there was nothing to look at.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, ALIAS_UNKNOWN without a canary; ABORTED / TRAFFIC_MOVED; FAILED_PRECONDITION / RAMP_HELD, RAMP_NOT_DUE,
 *   RAMP_COMPLETE
 */
export function decideTraffic(
  state: RegistryState,
  command: TrafficCommand,
  deciding: Ramps,
): DecidedTraffic {
  const { model, change, expectedGeneration, reason } = command;
  if (state.versions(model).length === 0) state.version(model, 0);
  const before = state.traffic(model);
  if (expectedGeneration !== -1 && expectedGeneration !== before.generation) {
    throw trafficMoved(before, expectedGeneration);
  }
  const known = { traffic: before, fact: undefined };
  if (change.kind === 'shadows') {
    if (before.isShadowPaused === change.isPaused) return known;
    const traffic = next(before, { isShadowPaused: change.isPaused });
    return { traffic, fact: { kind: 'traffic-set', traffic, reason } };
  }
  const ramp = before.canaryRamp ?? unstarted(state.target(model, 'canary').version);
  const decided = rampAfter(ramp, command, deciding);
  if (decided === undefined) return known;
  const traffic = next(before, { canaryRamp: decided.ramp });
  const forced = decided.isForced ? ({ isForced: true } as const) : {};
  return { traffic, fact: { kind: 'traffic-set', traffic, reason, ...forced } };
}

/**
 * Gives what a move of aliases means for the traffic: a version that becomes canary starts at the first step, one that ceases to be it has none, and a rollback
 * takes the canary out of traffic and holds it there, since whoever rolls back wants the version that was good, for all callers.
 */
export function trafficAfter(
  state: RegistryState,
  fact: RegistryFact,
  { nowMs, ramps }: Ramps,
): readonly TrafficSet[] {
  if (fact.kind !== 'aliases-moved' && fact.kind !== 'version-quarantined') return [];
  const { reason } = fact;
  const [first] = fact.aliases;
  if (first === undefined) return [];
  const { model } = first;
  const before = state.traffic(model);
  const set = (traffic: ModelTraffic): readonly TrafficSet[] => [
    { kind: 'traffic-set', traffic, reason },
  ];
  const canary = fact.aliases.find(({ alias }) => alias === 'canary');
  if (canary !== undefined && canary.version !== (before.canaryRamp?.version ?? 0)) {
    if (canary.version === 0) return set(next(before, { canaryRamp: undefined }));
    const [share = 0] = rampOf(model, ramps).steps;
    const canaryRamp = { version: canary.version, share, isHeld: false, sinceMs: nowMs };
    return set(next(before, { canaryRamp }));
  }
  const ramp = before.canaryRamp;
  if (fact.kind !== 'aliases-moved' || !fact.isRollback || ramp === undefined) return [];
  if (ramp.share === 0 && ramp.isHeld) return [];
  return set(next(before, { canaryRamp: withShare(ramp, 0, nowMs, true) }));
}

function rampAfter(
  ramp: CanaryRamp,
  { model, change, isForced }: TrafficCommand,
  { nowMs, ramps }: Ramps,
): { readonly ramp: CanaryRamp; readonly isForced: boolean } | undefined {
  switch (change.kind) {
    case 'shadows':
      return undefined;
    case 'hold':
      if (ramp.isHeld === change.isHeld) return undefined;
      return { ramp: { ...ramp, isHeld: change.isHeld }, isForced: false };
    case 'next-step':
    case 'share': {
      const policy = rampOf(model, ramps);
      const following = nextStep(policy, ramp.share);
      const share = change.kind === 'share' ? change.share : following;
      if (share === undefined) throw rampComplete(model, ramp);
      if (share === ramp.share) return undefined;
      const refusal =
        share < ramp.share
          ? undefined
          : refusalOf(model, ramp, { share, following, policy, nowMs });
      if (refusal !== undefined && !isForced) throw refusal;
      return {
        ramp: withShare(ramp, share, nowMs, ramp.isHeld),
        isForced: refusal !== undefined,
      };
    }
  }
}

/** Gives why a share may not grow; undefined when it may. */
function refusalOf(
  model: string,
  ramp: CanaryRamp,
  wanted: {
    readonly share: number;
    readonly following: number | undefined;
    readonly policy: RampPolicy;
    readonly nowMs: number;
  },
): MeshError | undefined {
  const { share, following, policy, nowMs } = wanted;
  const canary = `the canary of model '${model}', version ${ramp.version},`;
  const force = 'or force it with a reason, which stays on record';
  if (ramp.isHeld) {
    return new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'RAMP_HELD',
      message: `wanted ${percent(share)} for ${canary} which is held at ${percent(ramp.share)}; \`mlmesh traffic ramp ${model} --resume --reason "..."\` lets it go on, ${force}`,
    });
  }
  if (following === undefined) return rampComplete(model, ramp);
  if (share > following) {
    return notDue(
      `wanted ${percent(share)} for ${canary} which has ${percent(ramp.share)}; the next step is ${percent(following)}: \`mlmesh traffic ramp ${model} --advance --reason "..."\`, ${force}`,
      0,
    );
  }
  const leftMs = ramp.sinceMs + policy.holdForMs - nowMs;
  if (ramp.share === 0 || leftMs <= 0) return undefined;
  return notDue(
    `wanted ${percent(share)} for ${canary} whose step of ${percent(ramp.share)} lasts ${Math.ceil(leftMs / 1_000)} s more by the policy; advance it then, ${force}`,
    leftMs,
  );
}

/** A canary of before there were ramps: nobody has given it a share. */
function unstarted(version: number): CanaryRamp {
  return { version, share: 0, isHeld: false, sinceMs: 0 };
}

function withShare(ramp: CanaryRamp, share: number, nowMs: number, isHeld: boolean): CanaryRamp {
  const sinceMs = share === ramp.share ? ramp.sinceMs : nowMs;
  return { ...ramp, share, isHeld, sinceMs };
}

function next(
  before: ModelTraffic,
  change: {
    readonly canaryRamp?: CanaryRamp | undefined;
    readonly isShadowPaused?: boolean;
  },
): ModelTraffic {
  const { canaryRamp, ...rest } = { ...before, ...change, generation: before.generation + 1 };
  return canaryRamp === undefined ? rest : { ...rest, canaryRamp };
}

/** Writes a share as people read it: `25 %`. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

function notDue(message: string, leftMs: number): MeshError {
  const detail = { leftMs };
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'RAMP_NOT_DUE', message, detail });
}

function rampComplete(model: string, { version, share }: CanaryRamp): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'RAMP_COMPLETE',
    message: `wanted the next step of the canary of model '${model}', version ${version}, but ${percent(share)} is the last; \`mlmesh models promote ${model}@${version} --reason "..."\` is what follows`,
  });
}

function trafficMoved({ model, generation }: ModelTraffic, expected: number): MeshError {
  return new MeshError({
    code: 'ABORTED',
    reason: 'TRAFFIC_MOVED',
    message: `wanted the traffic of model '${model}' at generation ${expected}, but it is at ${generation}; look again with \`mlmesh traffic ${model}\` and decide anew`,
    detail: { generation },
  });
}
