import { routerMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type {
  BoundCounter,
  BoundHistogram,
  Counter,
  Histogram,
  MetricSink,
} from '../../shared/kernel/metric-sink.ts';
import type { PredictionLog, PredictionRecord, ShadowRecord } from '../ports.ts';

/** Measures answers on their way to the log: what a dashboard has of them does not depend on the monitor. */
export class MeasuredLog implements PredictionLog {
  readonly #log: PredictionLog;
  readonly #answers: Histogram<'model' | 'tier' | 'role'>;
  readonly #skipped: Counter<'model' | 'reason'>;
  /** Bound instruments, by all their labels: models, tiers, roles and reasons are closed sets. */
  readonly #answersBy = new Map<string, BoundHistogram>();
  readonly #skippedBy = new Map<string, BoundCounter>();

  constructor(log: PredictionLog, metrics: MetricSink) {
    this.#log = log;
    this.#answers = metrics.histogram(routerMetrics.answers);
    this.#skipped = metrics.counter(routerMetrics.skipped);
  }

  prediction(record: PredictionRecord): void {
    const { model, tier, role, latencyMs, skippedReason } = record;
    // Where no version is in production, nobody is worse off than was meant.
    const part = skippedReason === 'ALIAS_UNKNOWN' ? 'unassigned' : role.toLowerCase();
    this.#answersOf(model, tier, part).record(latencyMs);
    if (skippedReason !== '') this.#skippedOf(model, skippedReason).add(1);
    this.#log.prediction(record);
  }

  shadow(record: ShadowRecord): void {
    this.#log.shadow(record);
  }

  #answersOf(model: string, tier: string, role: string): BoundHistogram {
    const key = `${tier} ${role} ${model}`;
    const known = this.#answersBy.get(key);
    if (known !== undefined) return known;
    const labels = { model, tier: tier.toLowerCase(), role };
    const made = this.#answers.bind(labels);
    this.#answersBy.set(key, made);
    return made;
  }

  #skippedOf(model: string, reason: string): BoundCounter {
    const key = `${reason} ${model}`;
    const known = this.#skippedBy.get(key);
    if (known !== undefined) return known;
    const made = this.#skipped.bind({ model, reason });
    this.#skippedBy.set(key, made);
    return made;
  }
}
