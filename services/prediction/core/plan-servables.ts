import type { MonotonicMs } from '../../shared/kernel/units.ts';
import type { ServableState } from './servable-state.ts';

/** A hosted version as the plan sees it. */
export interface ServableSnapshot {
  readonly id: string;
  readonly model: string;
  readonly state: ServableState;
  /** When its load began; without meaning before. */
  readonly loadBegunAt: MonotonicMs;
  /** When another try of a failed one is due; infinity when there is none to be. */
  readonly retryAt: MonotonicMs;
  /** Bytes of memory that one session of it may take; each of its threads has one. */
  readonly memoryBytes: number;
  /** Whether its thread did not come back: it can neither be tried again nor forgotten. */
  readonly isStuck: boolean;
  /** Whether it was hosted by request alone: it leaves at once, where others wait for what replaces them. */
  readonly isRequested: boolean;
}

/** A wanted version as the plan sees it. */
export interface WantedSnapshot {
  readonly id: string;
  readonly model: string;
  /** Bytes of memory that one session of it may take; each of its threads has one. */
  readonly memoryBytes: number;
  /** Whether it waits for memory that others still hold; one that callers need is loaded beside them. */
  readonly isPatient: boolean;
}

/** What to do with one version now. */
export interface ServableAction {
  readonly kind: 'add' | 'load' | 'drain' | 'resume' | 'retry' | 'forget';
  readonly id: string;
}

/** Limits of the plan. */
export interface PlanLimits {
  /** Versions that are wanted at the same time; those that are about to leave do not count, or none could be replaced. */
  readonly servablesMax: number;
  /** Bytes of memory of those that are wanted. */
  readonly memoryBytesMax: number;
  /** Threads of each version, from 1. */
  readonly threadsPerServable: number;
  /** Versions that load at the same time, but for those that take longer than `slowLoadMs`. */
  readonly loadsMax: number;
  /** A load that takes longer, since it hangs or is of something large, lets others go past it. */
  readonly slowLoadMs: number;
}

/** All that a plan looks at. */
export interface PlanInput {
  /** The most important one first: it is loaded first, and what exceeds the limit is left out. */
  readonly wanted: readonly WantedSnapshot[];
  readonly hosted: readonly ServableSnapshot[];
  readonly now: MonotonicMs;
  readonly limits: PlanLimits;
}

/**
 * Gives what leads from what is hosted to what is wanted. Pure and idempotent: where all is as wanted it gives nothing.
 * A version that is not wanted any more goes on until another version of its model that is wanted is ready; one that was hosted
 * by request does not, for a client unloads it, or its memory is needed.
 */
export function planServables(input: PlanInput): readonly ServableAction[] {
  const wanted = fittingServables(input.wanted, input.limits);
  const hosted = new Map(input.hosted.map((servable) => [servable.id, servable]));
  return [
    ...releaseUnwanted(wanted, input.hosted),
    ...addMissing(wanted, hosted),
    ...advanceWanted(wanted, hosted, input),
  ];
}

/** Gives what the limits let in; what is less important may take the room that something large leaves. */
export function fittingServables(
  wanted: readonly WantedSnapshot[],
  { servablesMax, memoryBytesMax, threadsPerServable }: PlanLimits,
): readonly WantedSnapshot[] {
  const fitted: WantedSnapshot[] = [];
  let bytes = 0;
  for (const servable of wanted) {
    const sum = bytes + servable.memoryBytes * threadsPerServable;
    if (fitted.length >= servablesMax || sum > memoryBytesMax) continue;
    fitted.push(servable);
    bytes = sum;
  }
  return fitted;
}

function releaseUnwanted(
  wanted: readonly WantedSnapshot[],
  hosted: readonly ServableSnapshot[],
): readonly ServableAction[] {
  const wantedIds = new Set(wanted.map(({ id }) => id));
  const ready = new Set(hosted.filter(({ state }) => state === 'ready').map(({ id }) => id));
  return hosted
    .filter(({ id }) => !wantedIds.has(id))
    .flatMap((servable) => {
      // What is there by request alone takes the place of nothing that callers are sent to.
      const siblings = wanted.filter(
        ({ model, isPatient }) => model === servable.model && !isPatient,
      );
      const isReplaced =
        servable.isRequested || siblings.length === 0 || siblings.some(({ id }) => ready.has(id));
      const kind = releaseOf(servable, isReplaced);
      return kind === undefined ? [] : [{ kind, id: servable.id }];
    });
}

function releaseOf(
  { state, isStuck }: ServableSnapshot,
  isReplaced: boolean,
): ServableAction['kind'] | undefined {
  switch (state) {
    case 'new':
    case 'failed':
    case 'unloaded':
      return isStuck ? undefined : 'forget';
    case 'ready':
      return isReplaced ? 'drain' : undefined;
    // On its way already, or a load that cannot be cancelled; the next plan sees where it came to.
    case 'loading':
    case 'warming':
    case 'draining':
    case 'unloading':
      return undefined;
  }
}

function addMissing(
  wanted: readonly WantedSnapshot[],
  hosted: ReadonlyMap<string, ServableSnapshot>,
): readonly ServableAction[] {
  return wanted.filter(({ id }) => !hosted.has(id)).map(({ id }) => ({ kind: 'add', id }));
}

function advanceWanted(
  wanted: readonly WantedSnapshot[],
  hosted: ReadonlyMap<string, ServableSnapshot>,
  input: PlanInput,
): readonly ServableAction[] {
  const loading = input.hosted.filter(
    ({ state, loadBegunAt }) =>
      (state === 'loading' || state === 'warming') &&
      input.now - loadBegunAt < input.limits.slowLoadMs,
  );
  let loadsLeft = input.limits.loadsMax - loading.length;
  const { memoryBytesMax, threadsPerServable } = input.limits;
  let freeBytes = memoryBytesMax - heldBytes(input.hosted) * threadsPerServable;
  const actions: ServableAction[] = [];
  for (const { id, memoryBytes, isPatient } of wanted) {
    const servable = hosted.get(id);
    if (servable === undefined) continue;
    const neededBytes = memoryBytes * threadsPerServable;
    if (servable.state === 'draining') actions.push({ kind: 'resume', id });
    // Wanted again after its threads were told to end: it is forgotten, and added anew by the next plan.
    if (servable.state === 'unloaded') actions.push({ kind: 'forget', id });
    if (servable.state === 'failed' && servable.retryAt <= input.now) {
      actions.push({ kind: 'retry', id });
    }
    const hasRoom = !isPatient || neededBytes <= freeBytes;
    if (servable.state === 'new' && loadsLeft > 0 && hasRoom) {
      actions.push({ kind: 'load', id });
      loadsLeft -= 1;
      freeBytes -= neededBytes;
    }
  }
  return actions;
}

function heldBytes(hosted: readonly ServableSnapshot[]): number {
  return hosted.reduce(
    (sum, { state, memoryBytes }) => sum + (isHolding(state) ? memoryBytes : 0),
    0,
  );
}

function isHolding(state: ServableState): boolean {
  switch (state) {
    case 'loading':
    case 'warming':
    case 'ready':
    case 'draining':
    case 'unloading':
      return true;
    case 'new':
    case 'unloaded':
    case 'failed':
      return false;
  }
}
