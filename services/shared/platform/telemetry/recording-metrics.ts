import type {
  Counter,
  Histogram,
  HistogramSpec,
  InstrumentSpec,
  Labels,
  MetricSink,
  ObservedSpec,
  Sample,
} from '../../kernel/metric-sink.ts';

/** Keeps measurements for a test to look at. */
export class RecordingMetrics implements MetricSink {
  readonly #counts = new Map<string, number>();
  readonly #values = new Map<string, number[]>();
  readonly #gauges = new Map<string, () => number>();
  readonly #observed = new Map<string, () => Iterable<Sample<string>>>();

  counter<L extends string>(spec: InstrumentSpec<L>): Counter<L> {
    return {
      bind: (labels) => {
        const key = keyOf(spec.name, labels);
        return { add: (count) => void this.#counts.set(key, (this.#counts.get(key) ?? 0) + count) };
      },
    };
  }

  histogram<L extends string>(spec: HistogramSpec<L>): Histogram<L> {
    return {
      bind: (labels) => {
        const key = keyOf(spec.name, labels);
        return {
          record: (value) => {
            const values = this.#values.get(key) ?? [];
            if (Number.isFinite(value)) values.push(value);
            this.#values.set(key, values);
          },
        };
      },
    };
  }

  gauge(spec: InstrumentSpec<never>, read: () => number): Disposable {
    this.#gauges.set(spec.name, read);
    return { [Symbol.dispose]: () => void this.#gauges.delete(spec.name) };
  }

  observe<L extends string>(spec: ObservedSpec<L>, read: () => Iterable<Sample<L>>): Disposable {
    this.#observed.set(spec.name, read);
    return { [Symbol.dispose]: () => void this.#observed.delete(spec.name) };
  }

  /** Reads what is observed under these labels; undefined when there is none. */
  observedOf(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = keyOf(name, labels);
    for (const sample of this.#observed.get(name)?.() ?? []) {
      if (keyOf(name, sample.labels) === wanted) return sample.value;
    }
    return undefined;
  }

  /** Gives what was added under these labels; 0 when nothing was. */
  countOf(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.#counts.get(keyOf(name, labels)) ?? 0;
  }

  /** Gives what was recorded under these labels, in order. */
  valuesOf(name: string, labels: Readonly<Record<string, string>> = {}): readonly number[] {
    return this.#values.get(keyOf(name, labels)) ?? [];
  }

  /** Reads a gauge; undefined when there is none. */
  gaugeOf(name: string): number | undefined {
    return this.#gauges.get(name)?.();
  }
}

function keyOf(name: string, labels: Labels<string>): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return [name, ...parts.sort()].join(' ');
}
