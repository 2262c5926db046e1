/** What a check measured. Shares are 0 to 1. */
export interface CheckReport {
  /** Predictions asked for through gRPC. */
  readonly predictions: number;
  /** Predictions that failed. */
  readonly errors: number;
  readonly tiers: { readonly model: number; readonly fallback: number; readonly rules: number };
  /** Area under the ROC curve of production's answers. */
  readonly auc: number;
  /** Share of the predictions that have a usable shadow answer. */
  readonly shadow_pairs: number;
  readonly parity_checked: number;
  readonly parity_mismatches: number;
  /** As the caller measured. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Processes and threads that one trace crossed. */
  readonly trace_processes: number;
  readonly trace_threads: number;
}

/** One bar of the check: what was wanted, and whether the report reaches it. */
interface Bar {
  readonly wanted: string;
  readonly isMet: (report: CheckReport) => boolean;
}

const bars: readonly Bar[] = [
  { wanted: 'predictions of at least 20,000', isMet: ({ predictions }) => predictions >= 20_000 },
  { wanted: 'errors of 0', isMet: ({ errors }) => errors === 0 },
  { wanted: 'tiers.model of at least 0.99', isMet: ({ tiers }) => tiers.model >= 0.99 },
  // 0.69: a logistic regression on these features reaches 0.707 over all of June.
  { wanted: 'auc of at least 0.69', isMet: ({ auc }) => auc >= 0.69 },
  { wanted: 'shadow_pairs of at least 0.99', isMet: (report) => report.shadow_pairs >= 0.99 },
  { wanted: 'parity_checked of at least 1,000', isMet: (report) => report.parity_checked >= 1_000 },
  { wanted: 'parity_mismatches of 0', isMet: (report) => report.parity_mismatches === 0 },
  // Caller, router, feature and prediction; and a worker thread beside their main threads.
  { wanted: 'trace_processes of at least 4', isMet: (report) => report.trace_processes >= 4 },
  { wanted: 'trace_threads of at least 5', isMet: (report) => report.trace_threads >= 5 },
];

/** Gives what a report does not reach, as `wanted ...`; empty when it passes. A figure that is NaN reaches nothing. */
export function missedBars(report: CheckReport): readonly string[] {
  return bars.filter((bar) => !bar.isMet(report)).map((bar) => `wanted ${bar.wanted}`);
}
