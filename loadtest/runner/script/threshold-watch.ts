import type { Metric } from '../metrics/metric.ts';
import type { MetricRegistry } from '../metrics/metric-registry.ts';
import { parseSelector } from '../metrics/metric-selector.ts';
import { checkThreshold, evaluateThreshold, type ThresholdState } from '../metrics/threshold.ts';
import { isEmpty } from '../report/summary.ts';
import { invalidOptions } from '../run-error.ts';
import type { ThresholdPlan } from './parse-options.ts';

/** A threshold and the metric that it is about. */
export interface WatchedThreshold {
  readonly plan: ThresholdPlan;
  readonly metric: Metric;
}

/**
 * Binds thresholds to the metrics that they name.
 * @throws {RunError} when there is no such metric, or it has no such figure
 */
export function bindThresholds(
  plans: readonly ThresholdPlan[],
  registry: MetricRegistry,
): readonly WatchedThreshold[] {
  return plans.map((plan) => {
    const metric = registry.select(parseSelector(plan.selector));
    if (metric === undefined) {
      const names = registry.all().map(({ name }) => name);
      throw invalidOptions(
        `thresholds: no metric '${plan.selector}'; there are ${names.join(', ')}`,
      );
    }
    checkThreshold(plan.expression, metric);
    return { plan, metric };
  });
}

/** Gives how a threshold stands after so many ms. */
export function stateOf({ plan, metric }: WatchedThreshold, elapsedMs: number): ThresholdState {
  return evaluateThreshold(plan.expression, metric, elapsedMs);
}

/** Gives the first threshold that ends the test now; metrics without samples end none. */
export function abortingThreshold(
  thresholds: readonly WatchedThreshold[],
  elapsedMs: number,
): WatchedThreshold | undefined {
  return thresholds.find(
    (threshold) =>
      threshold.plan.abortOnFail &&
      elapsedMs > threshold.plan.delayAbortEvalMs &&
      !isEmpty(threshold.metric) &&
      !stateOf(threshold, elapsedMs).isMet,
  );
}
