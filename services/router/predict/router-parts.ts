import type { Clock } from '../../shared/kernel/clock.ts';
import type { Breaker } from '../../shared/policy/breaker.ts';
import type { FallbackModel, FeatureReader, ModelRunner } from '../ports.ts';

/** Timers as an argument. */
export interface Timers {
  after(delayMs: number, action: () => void): unknown;
  /** Cancels a timer; one that has fired, or undefined, changes nothing. */
  cancel(timer: unknown): void;
}

/** What a router counts beside its answers. */
export interface RouterCounts {
  lateFeatures: number;
  lateModels: number;
  featureFailures: number;
  shadowsDropped: number;
  rulesFailed: number;
  /** Answers of rules that took longer than they may. */
  rulesLate: number;
  /** Requests that were not let in. */
  refused: number;
  /** Shadow calls that were not made since the router had too much to do. */
  shadowsShed: number;
}

/** Gives the counts of a router that has done nothing. */
export function newCounts(): RouterCounts {
  return {
    lateFeatures: 0,
    lateModels: 0,
    featureFailures: 0,
    shadowsDropped: 0,
    rulesFailed: 0,
    rulesLate: 0,
    refused: 0,
    shadowsShed: 0,
  };
}

/** What a run needs of the router. */
export interface RouterParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly features: FeatureReader;
  readonly models: ModelRunner;
  /** The fallback model that is loaded for a model. */
  readonly fallbackOf: (model: string) => FallbackModel | undefined;
  /** The breaker of one version: what it says of calls to it is shared by all requests. */
  readonly breakerOf: (model: string, version: number) => Breaker;
  /** Opens when the feature service hangs. */
  readonly featureBreaker: Breaker;
  readonly counts: RouterCounts;
}
