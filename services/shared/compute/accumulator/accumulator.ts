import type { ByteWriter } from '../byte-writer.ts';

/** What an event contributes: `x`, for some operators `y` (NaN otherwise), and its place in the order of events. */
export interface Contribution {
  readonly x: number;
  readonly y: number;
  readonly ts: number;
  readonly seq: number;
}

/** Folds events one by one, in (ts, seq) order where the order matters. */
export interface Fold {
  /** Takes an event in. `x` is never NaN, nor is `y` where the operator takes it. */
  add(event: Contribution): void;
}

/**
 * A commutative monoid over events: neither order nor grouping of what is added and merged matter, so that the state of a window
 * doesn't depend on how its events were cut into pieces.
 */
export interface Accumulator extends Fold {
  /** Takes in all that another one of the same kind and parameters holds. */
  merge(other: this): void;
  /** Equal states write equal bytes. */
  encode(into: ByteWriter): void;
}

/** A commutative group: what was added can be taken back. */
export interface GroupAccumulator extends Accumulator {
  remove(event: Contribution): void;
}
