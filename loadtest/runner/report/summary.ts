import type { Metric } from '../metrics/metric.ts';
import { type Aggregation, aggregate } from '../metrics/threshold.ts';
import type { CheckTally } from '../script/run-host.ts';
import type { TimelinePoint } from './timeline.ts';

/** One metric at the end of a run, as k6 gives it to `handleSummary`. */
export interface MetricSummary {
  readonly type: string;
  readonly contains: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** How the iterations of a scenario went. */
export interface ScenarioSummary {
  readonly name: string;
  readonly executor: string;
  readonly started: number;
  readonly completed: number;
  readonly interrupted: number;
  readonly dropped: number;
}

/**
 * A run as programs read it. `root_group`, `options`, `state` and `metrics` are what k6 gives to `handleSummary`; the rest is the runner's.
 * @source https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/
 */
export interface RunSummary {
  readonly root_group: {
    readonly name: string;
    readonly path: string;
    readonly groups: readonly never[];
    readonly checks: readonly ({ readonly name: string; readonly path: string } & CheckTally)[];
  };
  readonly options: { readonly summaryTrendStats: readonly string[] };
  readonly state: { readonly testRunDurationMs: number };
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly script: string;
  readonly isPassed: boolean;
  readonly scenarios: readonly ScenarioSummary[];
  /** What iterations threw, and how often. */
  readonly thrown: Readonly<Record<string, number>>;
  readonly timeline: readonly TimelinePoint[];
}

/** Gives the figures of a metric. */
export function valuesOf(
  { sink }: Metric,
  trendStats: readonly (readonly [string, Aggregation])[],
  elapsedMs: number,
): Readonly<Record<string, number>> {
  switch (sink.kind) {
    case 'counter':
      return { count: sink.count, rate: (sink.count / elapsedMs) * 1_000 };
    case 'gauge':
      return { value: sink.value, min: sink.min, max: sink.max };
    case 'rate': {
      const { passes, fails } = sink;
      return { rate: passes + fails === 0 ? 0 : passes / (passes + fails), passes, fails };
    }
    case 'trend':
      return Object.fromEntries(
        trendStats.map(([name, stat]) => [
          name,
          stat.name === 'count'
            ? sink.histogram.count
            : (aggregate(sink, stat, elapsedMs) ?? Number.NaN),
        ]),
      );
  }
}

/** Whether a metric has taken nothing in. */
export function isEmpty({ sink }: Metric): boolean {
  switch (sink.kind) {
    case 'counter':
      return sink.count === 0;
    case 'gauge':
      return sink.isEmpty;
    case 'rate':
      return sink.passes + sink.fails === 0;
    case 'trend':
      return sink.histogram.count === 0;
  }
}
