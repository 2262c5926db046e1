import { featureMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { BoundCounter, MetricSink } from '../../shared/kernel/metric-sink.ts';
import type { IngestAcknowledgement } from '../core/ingestor.ts';

/** Counts what became of ingested events. */
export class IngestMeter {
  readonly #inTime: BoundCounter;
  readonly #lateAccepted: BoundCounter;
  readonly #lateDropped: BoundCounter;
  readonly #duplicates: BoundCounter;

  constructor(metrics: MetricSink) {
    const events = metrics.counter(featureMetrics.ingested);
    this.#inTime = events.bind({ outcome: 'in-time' });
    this.#lateAccepted = events.bind({ outcome: 'late-accepted' });
    this.#lateDropped = events.bind({ outcome: 'late-dropped' });
    this.#duplicates = events.bind({ outcome: 'duplicate' });
  }

  /** Counts an acknowledged batch. */
  count(batch: IngestAcknowledgement): void {
    this.#inTime.add(batch.appended - batch.lateAccepted);
    this.#lateAccepted.add(batch.lateAccepted);
    this.#lateDropped.add(batch.lateDropped);
    this.#duplicates.add(batch.duplicates);
  }
}
