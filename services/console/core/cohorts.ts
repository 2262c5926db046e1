import type { CohortItem, RampView } from './views.ts';

/** What the router does with the requests for a model. Versions are 0 where none answers; shares and rates are 0 to 1. */
export interface RoutedModel {
  readonly productionVersion: number;
  readonly fallbackVersion: number;
  readonly canaryVersion: number;
  readonly canaryShare: number;
  readonly controlShare: number;
  readonly controlServes: string;
  readonly shadowVersions: readonly number[];
  readonly shadowRate: number;
  readonly isShadowPaused: boolean;
  readonly reverseShadowVersion: number;
  readonly reverseShadowRate: number;
}

/** Gives who answers which share of the callers, and who sees copies of what they ask. */
export function cohortsOf(routed: RoutedModel): readonly CohortItem[] {
  const { controlShare, canaryVersion, canaryShare } = routed;
  const canary = canaryVersion === 0 ? 0 : (1 - controlShare) * canaryShare;
  const production = item('production', nameOf(routed.productionVersion, 'the fallback'));
  const items: CohortItem[] = [{ ...production, share: 1 - controlShare - canary }];
  if (canaryVersion !== 0) items.push({ ...item('canary', nameOf(canaryVersion)), share: canary });
  if (controlShare > 0) {
    const serves = routed.controlServes === 'previous' ? 'the previous version' : 'rules';
    items.push({
      ...item('control', serves),
      share: controlShare,
      note: 'what lift is measured against',
    });
  }
  const note = routed.isShadowPaused ? 'paused' : '';
  const rate = (share: number) => (routed.isShadowPaused ? 0 : share);
  for (const version of routed.shadowVersions) {
    items.push({ ...item('shadow', nameOf(version)), share: rate(routed.shadowRate), note });
  }
  if (routed.reverseShadowVersion !== 0) {
    const reverse = item('reverse shadow', nameOf(routed.reverseShadowVersion));
    items.push({
      ...reverse,
      share: rate(routed.reverseShadowRate),
      note: note || 'keeps the way back warm',
    });
  }
  if (routed.fallbackVersion !== 0) {
    const note = 'answers when the model does not';
    items.push({ ...item('fallback', nameOf(routed.fallbackVersion)), note });
  }
  return items;
}

/** What the registry says of the traffic of a model. */
export interface SteeredModel {
  readonly generation: number;
  readonly isShadowPaused: boolean;
  readonly canary:
    | {
        readonly version: number;
        readonly share: number;
        readonly isHeld: boolean;
        readonly sinceMs: number;
      }
    | undefined;
  readonly steps: readonly number[];
  readonly holdForMs: number;
}

/** Gives how a ramp stands, and when it may go on. */
export function rampOf(steered: SteeredModel): RampView {
  const { generation, isShadowPaused, canary, steps, holdForMs } = steered;
  const { version = 0, share = 0, isHeld = false, sinceMs = 0 } = canary ?? {};
  const nextStep = canary === undefined ? undefined : steps.find((step) => step > share);
  return {
    ...{ generation, isShadowPaused, canaryVersion: version, share, isHeld, sinceMs },
    ...{ steps, holdForMs, nextStep },
    // What was taken to 0 % may come back at once.
    dueAtMs: share === 0 ? sinceMs : sinceMs + holdForMs,
  };
}

function item(role: CohortItem['role'], serves: string): CohortItem {
  return { role, serves, share: 0, note: '' };
}

function nameOf(version: number, none = 'none'): string {
  return version === 0 ? none : `version ${version}`;
}
