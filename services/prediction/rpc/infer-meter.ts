import {
  type BoundCounter,
  type BoundHistogram,
  durationBoundariesMs,
  type MetricSink,
} from '../../shared/kernel/metric-sink.ts';
import type { InferOutcome, InferPriority } from '../core/infer-job.ts';

// Powers of two up to the largest call.
const rowBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** Measures what batches go through, by priority. */
export class InferMeter {
  readonly #queueMs: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #computeMs: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #callRows: Readonly<Record<InferPriority, BoundHistogram>>;
  readonly #failedRows: (priority: InferPriority, reason: string) => BoundCounter;

  constructor(metrics: MetricSink) {
    const histogram = (name: `mesh.${string}`, description: string, unit = 'ms') => {
      const boundaries = unit === 'ms' ? durationBoundariesMs : rowBoundaries;
      const made = metrics.histogram({ name, unit, description, boundaries, labels: ['priority'] });
      return {
        production: made.bind({ priority: 'production' }),
        shadow: made.bind({ priority: 'shadow' }),
      };
    };
    this.#queueMs = histogram('mesh.prediction.queue', 'wait of a batch for its native call');
    this.#computeMs = histogram('mesh.prediction.compute', 'duration of native calls, by batch');
    this.#callRows = histogram(
      'mesh.prediction.call_rows',
      'rows of native calls, by batch',
      '{row}',
    );
    const failed = metrics.counter({
      name: 'mesh.prediction.failed_rows',
      unit: '{row}',
      description: 'rows that got no outputs, by reason',
      labels: ['priority', 'reason'],
    });
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
