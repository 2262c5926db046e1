/** One column of a window against its reference. */
export interface DriftColumn {
  readonly name: string;
  readonly isOutput: boolean;
  /** `ks` or `chi-square`. */
  readonly test: string;
  /** Largest distance of the cumulative distributions, 0 to 1. */
  readonly effect: number;
  /** Effect above which it counts as drifted. */
  readonly threshold: number;
  /** Adjusted for all that was tested in the window. */
  readonly adjustedPValue: number;
  readonly psi: number;
  readonly jensenShannon: number;
  /** Share that is missing, less that of the reference. */
  readonly missingDifference: number;
  /** Undefined without values. */
  readonly referenceMedian: number | undefined;
  readonly median: number | undefined;
  /** What drifts, such as `distribution`; empty where nothing does. */
  readonly drifting: readonly string[];
}

/** How far the columns of a version are from its reference. */
export interface DriftView {
  readonly version: number;
  /** `judged`, `too few rows`, `open`, `no reference`, `waiting` or `nothing`. */
  readonly status: string;
  /** What is missing, for people. */
  readonly gap: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly answers: number;
  readonly effectiveRows: number;
  readonly effectiveRowsMin: number;
  /** Most that an adjusted p-value may be where a column counts as drifted. */
  readonly significance: number;
  readonly columns: readonly DriftColumn[];
}
