import type { Tags } from './metric-selector.ts';
import { matches } from './metric-selector.ts';
import { TrendHistogram } from './trend-histogram.ts';

/** The kinds of metrics of k6. */
export type MetricKind = 'counter' | 'gauge' | 'rate' | 'trend';

/** What the values of a metric are: times in ms, bytes, or anything. */
export type MetricContent = 'default' | 'time' | 'data';

/** What a metric has taken in so far. */
export type Sink =
  | { readonly kind: 'counter'; count: number }
  | { readonly kind: 'gauge'; value: number; min: number; max: number; isEmpty: boolean }
  | { readonly kind: 'rate'; passes: number; fails: number }
  | { readonly kind: 'trend'; readonly histogram: TrendHistogram };

/** A metric of a run, and the parts of it that thresholds select by tags. */
export class Metric {
  readonly name: string;
  readonly contains: MetricContent;
  readonly sink: Sink;
  readonly #selected: { readonly tags: Tags; readonly metric: Metric }[] = [];

  constructor(name: string, kind: MetricKind, contains: MetricContent) {
    this.name = name;
    this.contains = contains;
    this.sink = newSink(kind);
  }

  /** Takes one sample in. @throws {RangeError} when a trend gets a negative value, or one that is not finite */
  add(value: number, tags: Tags): void {
    addTo(this.sink, value);
    for (const { tags: wanted, metric } of this.#selected) {
      if (matches(wanted, tags)) metric.add(value, tags);
    }
  }

  /** Gives the metric of all samples from now on that carry these tags. */
  select(tags: Tags): Metric {
    const known = this.#selected.find(
      (part) => matches(part.tags, tags) && matches(tags, part.tags),
    );
    if (known !== undefined) return known.metric;
    const names = Object.entries(tags).map(([name, value]) => `${name}:${value}`);
    const metric = new Metric(`${this.name}{${names.join(',')}}`, this.sink.kind, this.contains);
    this.#selected.push({ tags, metric });
    return metric;
  }

  /** The parts that were selected, in order. */
  get selected(): readonly Metric[] {
    return this.#selected.map(({ metric }) => metric);
  }
}

function newSink(kind: MetricKind): Sink {
  switch (kind) {
    case 'counter':
      return { kind, count: 0 };
    case 'gauge':
      return { kind, value: 0, min: 0, max: 0, isEmpty: true };
    case 'rate':
      return { kind, passes: 0, fails: 0 };
    case 'trend':
      return { kind, histogram: new TrendHistogram() };
  }
}

function addTo(sink: Sink, value: number): void {
  switch (sink.kind) {
    case 'counter':
      sink.count += value;
      return;
    case 'gauge':
      sink.min = sink.isEmpty ? value : Math.min(sink.min, value);
      sink.max = sink.isEmpty ? value : Math.max(sink.max, value);
      sink.value = value;
      sink.isEmpty = false;
      return;
    case 'rate':
      if (value === 0) sink.fails += 1;
      else sink.passes += 1;
      return;
    case 'trend':
      sink.histogram.add(value);
      return;
  }
}
