import { predictionMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type {
  BoundCounter,
  BoundHistogram,
  HistogramSpec,
  MetricSink,
} from '../../shared/kernel/metric-sink.ts';
import type { InferOutcome, InferPriority } from '../core/infer-job.ts';

/** Measures what batches go through, by priority. */
export class InferMeter {
  readonly #queueMs: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #computeMs: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #callRows: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #failedRows: (priority: InferPriority, reason: string) => BoundCounter;

  constructor(metrics: MetricSink) {
    const histogram = (spec: HistogramSpec<'priority'>) => {
      const made = metrics.histogram(spec);
      return {
        production: made.bind({ priority: 'production' }),
        shadow: made.bind({ priority: 'shadow' }),
      };
    };
    this.#queueMs = histogram(predictionMetrics.queue);
    this.#computeMs = histogram(predictionMetrics.compute);
    this.#callRows = histogram(predictionMetrics.callRows);
    const failed = metrics.counter(predictionMetrics.failedRows);
    this.#failedRows = (priority, reason) => failed.bind({ priority, reason });
  }

  /** Takes how one batch went. */
  measure(rows: number, priority: InferPriority, outcome: InferOutcome): void {
    switch (outcome.kind) {
      case 'rows':
        this.#queueMs[priority].record(outcome.call.startedAt - outcome.queuedAt);
        this.#computeMs[priority].record(outcome.call.endedAt - outcome.call.startedAt);
        this.#callRows[priority].record(outcome.call.rows);
        return;
      case 'failed':
        this.#failedRows(priority, outcome.error.reason).add(rows);
        return;
    }
  }
}
