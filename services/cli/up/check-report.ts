/** What a check measured. Shares are 0 to 1. */
export interface CheckReport {
  /** Predictions asked for through gRPC. */
  readonly predictions: number;
  /** Predictions that failed. */
  readonly errors: number;
  /** Of the answers to those whom a version was to answer: all but the control cohort. */
  readonly tiers: { readonly model: number; readonly fallback: number; readonly rules: number };
  /** Share of the answers that went to the control cohort. */
  readonly control: number;
  /** Area under the ROC curve of production's answers. */
  readonly auc: number;
  /** Share of the predictions that a version was to answer which have a usable shadow answer. */
  readonly shadow_pairs: number;
  /** What a request of the version brought more than one of control; null where nothing is compared. */
  readonly lift: CheckedLift | null;
  readonly parity_checked: number;
  readonly parity_mismatches: number;
  /** As the caller measured. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Processes and threads that one trace crossed. */
  readonly trace_processes: number;
  readonly trace_threads: number;
}

/** What a check measured of the business, in the unit of the mesh file's `businessValue`. */
export interface CheckedLift {
  /** Per request, with bounds that hold at every look at once; null for no bound, where there are too few entities. */
  readonly estimate: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Share of the variance that what was known of the entities before leaves. */
  readonly variance_left: number;
  /** Of the sizes that the cohorts have; below 0.001 they are not what they were to be. */
  readonly sample_ratio_p: number;
  /** Answers with an outcome. */
  readonly model_outcomes: number;
  readonly control_outcomes: number;
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
  // 1,000 outcomes on either side, and cohorts of their sizes: whoever gains, it has to be measured.
  { wanted: 'a lift, where there is a control cohort', isMet: isLiftMeasured },
  { wanted: 'parity_checked of at least 1,000', isMet: (report) => report.parity_checked >= 1_000 },
  { wanted: 'parity_mismatches of 0', isMet: (report) => report.parity_mismatches === 0 },
  // Caller, router, feature and prediction; and a worker thread beside their main threads.
  { wanted: 'trace_processes of at least 4', isMet: (report) => report.trace_processes >= 4 },
  { wanted: 'trace_threads of at least 5', isMet: (report) => report.trace_threads >= 5 },
];

function isLiftMeasured({ control, lift }: CheckReport): boolean {
  if (control === 0) return true;
  if (lift === null || lift.lower === null) return false;
  const { model_outcomes: model, control_outcomes: outcomes, sample_ratio_p: ratio } = lift;
  return Math.min(model, outcomes) >= 1_000 && ratio >= 0.001;
}

/** Gives what a report does not reach, as `wanted ...`; empty when it passes. A figure that is NaN reaches nothing. */
export function missedBars(report: CheckReport): readonly string[] {
  return bars.filter((bar) => !bar.isMet(report)).map((bar) => `wanted ${bar.wanted}`);
}
