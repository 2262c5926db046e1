import type { Metric } from '../metrics/metric.ts';
import type { Tags } from '../metrics/metric-selector.ts';
import { TrendHistogram } from '../metrics/trend-histogram.ts';

/** What happened in one interval of a run. Latencies are those of calls that ended in it, counted from their intended start. */
export interface TimelinePoint {
  /** End of the interval, ms from the begin of the run. */
  readonly atMs: number;
  /** Iterations per second that the schedules wanted, in the middle of the interval. */
  readonly wantedPerS: number;
  readonly iterationsPerS: number;
  readonly droppedPerS: number;
  /** Share of the calls that ended with another status than OK, 0 to 1; undefined without calls. */
  readonly failedShare: number | undefined;
  /** Ms; undefined without calls. */
  readonly latency:
    | { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number }
    | undefined;
  /** Answers per second by the tier that a script named. */
  readonly tiersPerS: Readonly<Record<string, number>>;
  /** Virtual users with an iteration under way, at the end of the interval. */
  readonly busyUsers: number;
}

/** Collects what a report shows over time, in memory that depends on the number of intervals alone. */
export class Timeline {
  readonly points: TimelinePoint[] = [];
  readonly #latencies = new TrendHistogram();
  #iterations = 0;
  #dropped = 0;
  #failed = 0;
  #tiers = new Map<string, number>();
  #lastMs = 0;

  /** Takes a sample in. Those of setup and teardown, which no scenario sends, are left out. */
  observe(metric: Metric, value: number, tags: Tags): void {
    if (tags['scenario'] === undefined) return;
    if (metric.name === 'grpc_req_duration') {
      this.#latencies.add(value);
      if (tags['status'] !== '0') this.#failed += 1;
    } else if (metric.name === 'iterations') {
      this.#iterations += value;
    } else if (metric.name === 'dropped_iterations') {
      this.#dropped += value;
    } else if (tags['tier'] !== undefined && metric.sink.kind === 'counter') {
      this.#tiers.set(tags['tier'], (this.#tiers.get(tags['tier']) ?? 0) + value);
    }
  }

  /** Ends the interval that is under way. */
  cut(
    atMs: number,
    now: { readonly busyUsers: number; readonly wantedPerS: (ms: number) => number },
  ): void {
    const seconds = (atMs - this.#lastMs) / 1_000;
    if (seconds <= 0) return;
    const calls = this.#latencies.count;
    this.points.push({
      atMs: Math.round(atMs),
      wantedPerS: now.wantedPerS((this.#lastMs + atMs) / 2),
      iterationsPerS: this.#iterations / seconds,
      droppedPerS: this.#dropped / seconds,
      failedShare: calls === 0 ? undefined : this.#failed / calls,
      latency: calls === 0 ? undefined : latencyOf(this.#latencies),
      tiersPerS: Object.fromEntries(
        [...this.#tiers].map(([tier, count]) => [tier, count / seconds]),
      ),
      busyUsers: now.busyUsers,
    });
    this.#latencies.reset();
    this.#iterations = 0;
    this.#dropped = 0;
    this.#failed = 0;
    this.#tiers = new Map();
    this.#lastMs = atMs;
  }
}

function latencyOf(histogram: TrendHistogram) {
  return {
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    max: histogram.max,
  };
}
