import type { WindowPlan } from './plan.ts';

/** Time of the first event that a window at time t may hold; negative infinity for a lifetime. */
export function windowBegin(window: WindowPlan, t: number): number {
  switch (window.kind) {
    case 'sliding':
      return t - window.delayMs - window.lengthMs;
    case 'sawtooth':
      return Math.floor((t - window.delayMs - window.lengthMs) / window.hopMs) * window.hopMs;
    case 'lifetime':
      return Number.NEGATIVE_INFINITY;
  }
}

/** Time before which the events of a window at time t lie. */
export function windowEnd(window: WindowPlan, t: number): number {
  return t - window.delayMs;
}

/** How far before t a window reaches at most, in ms; infinite for a lifetime. */
export function windowReachMs(window: WindowPlan): number {
  switch (window.kind) {
    case 'sliding':
      return window.lengthMs + window.delayMs;
    case 'sawtooth':
      return window.lengthMs + window.hopMs + window.delayMs;
    case 'lifetime':
      return Number.POSITIVE_INFINITY;
  }
}
