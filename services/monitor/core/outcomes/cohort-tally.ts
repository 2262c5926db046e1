import { ScoreHistogram } from '../score-histogram.ts';
import { type EntityRow, EntitySums } from '../statistics/entity-sums.ts';
import { latencyBin, latencyBins, latencyQuantile } from '../windows/latency-bins.ts';

/** An answer that a caller got, with what came of it as far as that is known. */
export interface TalliedAnswer {
  /** Who was drawn into a cohort together. */
  readonly entity: string;
  readonly atMs: number;
  readonly isDegraded: boolean;
  /** Whether the model itself answered, rather than the fallback or the rules. */
  readonly isByModel: boolean;
  readonly latencyMs: number;
  readonly score: number;
  /** Undefined while unknown. */
  readonly outcome: { readonly label: number; readonly value: number } | undefined;
  /** What was known of the entity before; 0 where nothing was. */
  readonly covariate: number;
}

/** Figures of one cohort. */
export interface CohortFigures {
  readonly answers: number;
  readonly degraded: number;
  readonly labelled: number;
  readonly entities: number;
  /** Of an answer with an outcome; 0 without any. */
  readonly meanValue: number;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP99Ms: number | undefined;
  /** Of what the model itself answered; undefined until both labels were seen. */
  readonly auc: number | undefined;
  /** Standard deviation of that, for independent answers. */
  readonly aucStd: number | undefined;
}

/** Sums up the answers of one cohort. Memory grows with its entities. */
export class CohortTally {
  readonly #sums = new EntitySums();
  readonly #latencies = new Uint32Array(latencyBins);
  readonly #histogram = new ScoreHistogram();
  #answers = 0;
  #degraded = 0;
  #fromMs = Number.POSITIVE_INFINITY;
  #untilMs = 0;

  add(answer: TalliedAnswer): void {
    const { entity, atMs, isDegraded, isByModel, latencyMs, score, outcome, covariate } = answer;
    this.#answers += 1;
    if (isDegraded) this.#degraded += 1;
    const bin = latencyBin(latencyMs);
    this.#latencies[bin] = (this.#latencies[bin] ?? 0) + 1;
    this.#fromMs = Math.min(this.#fromMs, atMs);
    this.#untilMs = Math.max(this.#untilMs, atMs);
    if (outcome === undefined) return;
    this.#sums.add(entity, outcome.value, covariate);
    if (isByModel) this.#histogram.add(score, outcome.label > 0.5);
  }

  /** First and last time of an answer, epoch ms; infinity and 0 without any. */
  get interval(): readonly [number, number] {
    return [this.#fromMs, this.#untilMs];
  }

  /** Values of answers with an outcome, by entity. O(entities). */
  rows(): readonly EntityRow[] {
    return this.#sums.rows();
  }

  /** O(entities + bins). */
  figures(): CohortFigures {
    const rows = this.rows();
    const labelled = rows.reduce((sum, { count }) => sum + count, 0);
    const value = rows.reduce((sum, row) => sum + row.sum, 0);
    const latencies = [...this.#latencies];
    return {
      answers: this.#answers,
      degraded: this.#degraded,
      labelled,
      entities: rows.length,
      meanValue: labelled === 0 ? 0 : value / labelled,
      latencyP50Ms: latencyQuantile(latencies, 0.5),
      latencyP99Ms: latencyQuantile(latencies, 0.99),
      auc: this.#histogram.auc(),
      aucStd: this.#histogram.aucStd(),
    };
  }
}
