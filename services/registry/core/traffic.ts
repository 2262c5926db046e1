/** What share of a model's callers its canary has. */
export interface CanaryRamp {
  /** Version that the share is of; the alias `canary` points to it. */
  readonly version: number;
  /** Share of the cohorts that control does not have, 0 to 1. */
  readonly share: number;
  /** Whether the share may not grow. */
  readonly isHeld: boolean;
  /** When the share became what it is, epoch ms. */
  readonly sinceMs: number;
}

/** How the traffic of a model is steered. */
export interface ModelTraffic {
  readonly model: string;
  /** Counts the changes, from 1; 0 while there were none. */
  readonly generation: number;
  /** Absent while no version is `canary`. */
  readonly canaryRamp?: CanaryRamp;
  /** Whether no shadow is sent anything: the kill switch. */
  readonly isShadowPaused: boolean;
}

/** The traffic of a model was steered. */
export interface TrafficSet {
  readonly kind: 'traffic-set';
  /** How it is now. */
  readonly traffic: ModelTraffic;
  readonly reason: string;
  /** Whether the share grew although the ramp was held, or its step was not over, or one was left out. */
  readonly isForced?: true;
}

/** Gives the traffic of a model that nobody has steered yet. */
export function untouchedTraffic(model: string): ModelTraffic {
  return { model, generation: 0, isShadowPaused: false };
}

/** A request to steer the traffic of a model. */
export type TrafficChange =
  /** Goes up to the next step of the ramp. */
  | { readonly kind: 'next-step' }
  /** Gives the canary a share of 0 to 1: down at any time, up to the next step at most. */
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'hold'; readonly isHeld: boolean }
  | { readonly kind: 'shadows'; readonly isPaused: boolean };
