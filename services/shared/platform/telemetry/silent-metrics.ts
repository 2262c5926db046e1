import type { MetricSink } from '../../kernel/metric-sink.ts';

/** Drops every measurement: for processes whose telemetry goes nowhere. */
export const silentMetrics: MetricSink = {
  counter: () => ({ bind: () => ({ add: () => undefined }) }),
  histogram: () => ({ bind: () => ({ record: () => undefined }) }),
  gauge: () => ({ [Symbol.dispose]: () => undefined }),
  observe: () => ({ [Symbol.dispose]: () => undefined }),
};
