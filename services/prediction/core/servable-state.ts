import assert from 'node:assert/strict';

/** Life of a hosted version, in its order; the proto explains each. */
export const servableStates = [
  'new',
  'loading',
  'warming',
  'ready',
  'draining',
  'unloading',
  'unloaded',
  'failed',
] as const;

/** One of {@link servableStates}. */
export type ServableState = (typeof servableStates)[number];

/** Where each state may lead. `failed` goes back to `new` for another try; only `unloaded` is an end. */
export const servableTransitions: Readonly<Record<ServableState, readonly ServableState[]>> = {
  new: ['loading', 'unloaded'],
  // A version that nobody wants any more while it loads is unloaded as soon as its thread is idle.
  loading: ['warming', 'unloading', 'failed'],
  warming: ['ready', 'unloading', 'failed'],
  ready: ['draining', 'failed'],
  // Wanted again before its last answer: it has lost nothing.
  draining: ['ready', 'unloading', 'failed'],
  unloading: ['unloaded', 'failed'],
  unloaded: [],
  failed: ['new', 'unloaded'],
};

/** Gives `to`, after checking that it may follow `from`; an impossible move is an error of this program. */
export function moveServable(from: ServableState, to: ServableState): ServableState {
  assert(servableTransitions[from].includes(to), `a servable cannot go from ${from} to ${to}`);
  return to;
}
