import type { Meter } from '@opentelemetry/api';
import type {
  Counter,
  Histogram,
  HistogramSpec,
  InstrumentSpec,
  MetricSink,
} from '../../kernel/metric-sink.ts';

/** Gives a sink over an OpenTelemetry meter. */
export function otelMetrics(meter: Meter): MetricSink {
  return {
    counter<L extends string>(spec: InstrumentSpec<L>): Counter<L> {
      const counter = meter.createCounter(spec.name, optionsOf(spec));
      return {
        bind(labels) {
          const attributes = { ...labels };
          return { add: (count) => counter.add(count, attributes) };
        },
      };
    },
    histogram<L extends string>(spec: HistogramSpec<L>): Histogram<L> {
      const histogram = meter.createHistogram(spec.name, {
        ...optionsOf(spec),
        advice: { explicitBucketBoundaries: [...spec.boundaries] },
      });
      return {
        bind(labels) {
          const attributes = { ...labels };
          return {
            record(value) {
              if (Number.isFinite(value)) histogram.record(value, attributes);
            },
          };
        },
      };
    },
    gauge(spec, read) {
      const gauge = meter.createObservableGauge(spec.name, optionsOf(spec));
      const observe = (result: { observe(value: number): void }) => {
        const value = read();
        if (Number.isFinite(value)) result.observe(value);
      };
      gauge.addCallback(observe);
      return { [Symbol.dispose]: () => gauge.removeCallback(observe) };
    },
  };
}

function optionsOf(spec: InstrumentSpec<string>): { unit: string; description: string } {
  return { unit: spec.unit, description: spec.description };
}
