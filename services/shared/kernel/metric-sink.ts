/** What an instrument measures. Made once at start; the label names are a closed set, and so are the values that callers give. */
export interface InstrumentSpec<L extends string> {
  /** `mesh.<service>.<thing>`. */
  readonly name: `mesh.${string}`;
  /** UCUM unit, such as `ms`, `By`, `1` or `{row}`. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly L[];
}

/** One value a label; never an id or the name of a feature or an entity. */
export type Labels<L extends string> = Readonly<Record<L, string>>;

/** A counter under fixed labels. */
export interface BoundCounter {
  /** Adds 0 or more. */
  add(count: number): void;
}

/** A histogram under fixed labels. */
export interface BoundHistogram {
  /** Takes one finite value in the instrument's unit; others are dropped. */
  record(value: number): void;
}

/** A counter whose labels are yet to be bound. */
export interface Counter<L extends string> {
  /** Gives the counter under these labels; keep it where the path is hot. */
  bind(labels: Labels<L>): BoundCounter;
}

/** A histogram whose labels are yet to be bound. */
export interface Histogram<L extends string> {
  /** Gives the histogram under these labels; keep it where the path is hot. */
  bind(labels: Labels<L>): BoundHistogram;
}

/** What is read when measurements are collected. */
export interface ObservedSpec<L extends string> extends InstrumentSpec<L> {
  readonly kind: 'counter' | 'gauge';
}

/** What a histogram measures, and the upper bounds of its buckets, ascending. */
export interface HistogramSpec<L extends string> extends InstrumentSpec<L> {
  readonly boundaries: readonly number[];
}

/** A value under labels. */
export interface Sample<L extends string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

/** Where measurements go. Whoever counts knows this and nothing of OpenTelemetry. */
export interface MetricSink {
  counter<L extends string>(spec: InstrumentSpec<L>): Counter<L>;
  histogram<L extends string>(spec: HistogramSpec<L>): Histogram<L>;
  /** Reads `read` whenever measurements are collected, so that the value is never stale; disposing ends that. */
  gauge(spec: InstrumentSpec<never>, read: () => number): Disposable;
  /** Reads values that are kept elsewhere whenever measurements are collected; those of a counter only grow. */
  observe<L extends string>(spec: ObservedSpec<L>, read: () => Iterable<Sample<L>>): Disposable;
}

/** Bounds for durations in ms, from 0.1 ms to 10 s, about two a doubling near the 50 ms that a model has. */
export const durationBoundariesMs: readonly number[] = [
  0.1, 0.2, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 40, 50, 75, 100, 250, 500, 1_000, 2_500, 10_000,
];
