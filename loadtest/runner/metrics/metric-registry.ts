import { Metric, type MetricContent, type MetricKind } from './metric.ts';
import type { MetricSelector, Tags } from './metric-selector.ts';

/** Told of each sample as it is taken in. */
export type SampleObserver = (metric: Metric, value: number, tags: Tags) => void;

/** All metrics of a run by name. */
export class MetricRegistry {
  readonly #metrics = new Map<string, Metric>();
  readonly #observe: SampleObserver;

  constructor(observe: SampleObserver = () => undefined) {
    this.#observe = observe;
  }

  /**
   * Gives the metric of a name: the one that is there, or a new one.
   * @throws {TypeError} when there is one of another kind, or the name is none that k6 takes
   */
  define(name: string, kind: MetricKind, contains: MetricContent = 'default'): Metric {
    const known = this.#metrics.get(name);
    if (known !== undefined) {
      if (known.sink.kind === kind && known.contains === contains) return known;
      throw new TypeError(
        `metric '${name}' is a ${known.sink.kind} of ${known.contains} already, and can't be a ${kind} of ${contains}`,
      );
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
      throw new TypeError(
        `a metric's name is 1 to 128 letters, digits and underscores and starts with no digit; got '${name}'`,
      );
    }
    const metric = new Metric(name, kind, contains);
    this.#metrics.set(name, metric);
    return metric;
  }

  /** Takes a sample in and tells the observer. */
  add(metric: Metric, value: number, tags: Tags): void {
    metric.add(value, tags);
    this.#observe(metric, value, tags);
  }

  /** Gives what a selector names; undefined when there is no such metric. */
  select({ metric, tags }: MetricSelector): Metric | undefined {
    const whole = this.#metrics.get(metric);
    return Object.keys(tags).length === 0 ? whole : whole?.select(tags);
  }

  /** All metrics and their selected parts, by name. */
  all(): readonly Metric[] {
    return [...this.#metrics.values()]
      .flatMap((metric) => [metric, ...metric.selected])
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}
