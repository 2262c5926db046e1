import { type Interval, type IntervalPlan, intervalOf } from './date-text.ts';
import { definitionInvalid } from './definition-error.ts';
import type { SourceDefinition } from './source.ts';

/** Past traffic that a mesh can be tried on, as an author writes it. */
export interface ReplayOptions extends Interval {
  readonly source: SourceDefinition;
  /** Every so-many-th event, in the order of event time, becomes a request; all of them are ingested. Default: 20. */
  readonly predictEvery?: number;
}

/** A replay as plain data. */
export interface ReplayPlan extends IntervalPlan {
  readonly source: string;
  /** 1 or more: the event at index i of the interval becomes a request when i is a multiple of it. */
  readonly predictEvery: number;
}

/**
 * Gives a checked replay.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when the interval or `predictEvery` is out of range.
 */
export function replay(options: ReplayOptions): ReplayPlan {
  // 20: about 25,000 predictions for the half million events of a month.
  const predictEvery = options.predictEvery ?? 20;
  if (!Number.isInteger(predictEvery) || predictEvery < 1) {
    throw definitionInvalid('replay', `wanted predictEvery of 1 or more, got ${predictEvery}`);
  }
  return { source: options.source.name, ...intervalOf(options, 'replay'), predictEvery };
}
