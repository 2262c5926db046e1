/** A figure with its bounds. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How good the answers of some rows were, by their outcomes. Shares are 0 to 1; undefined is what can't be said. */
export interface QualityRow {
  /** `all`, or a join key and its value, such as `origin ORD`. */
  readonly name: string;
  /** Answers with an outcome. */
  readonly rows: number;
  /** Area under the ROC curve. */
  readonly auc: Estimate | undefined;
  /** Nats. */
  readonly logLoss: number;
  readonly brier: number;
  /** Expected calibration error. */
  readonly ece: number;
  readonly positiveShare: number;
  readonly meanProbability: number;
  /** Positive outcomes over those expected; 1 is right. */
  readonly observedOverExpected: Estimate | undefined;
}

/** How good the answers of the version in production were. Bounds are two-sided, 95 %. */
export interface QualityView {
  /** 0 while none has answered. */
  readonly version: number;
  /** Whether enough of the answers that should have an outcome have one. */
  readonly isMature: boolean;
  /** Answers that should have an outcome by now. */
  readonly due: number;
  readonly dueLabelled: number;
  /** Share of them below which nothing is judged. */
  readonly maturityMin: number;
  readonly labelHorizonMs: number;
  /** Times of the first and the last answer with an outcome, epoch ms (virtual in a replay). */
  readonly fromMs: number;
  readonly untilMs: number;
  /** All of them first, then segments; empty while there is no outcome. */
  readonly rows: readonly QualityRow[];
}

/** Answers of one cohort. Latencies are ms. */
export interface CohortRow {
  readonly answers: number;
  readonly degraded: number;
  readonly labelled: number;
  readonly entities: number;
  readonly meanValue: number;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP99Ms: number | undefined;
  readonly auc: number | undefined;
}

/** The lift as it was at one time. */
export interface LiftPoint {
  /** Epoch ms by the monitor's clock. */
  readonly atMs: number;
  readonly lift: number;
  readonly lower: number;
  readonly upper: number;
}

/** What a version brings to the business, a request, against the control cohort. */
export interface LiftView {
  /** 0 while none was to answer. */
  readonly version: number;
  readonly verdict: 'undecided' | 'better' | 'worse' | 'invalid';
  readonly fromMs: number;
  readonly untilMs: number;
  readonly model: CohortRow | undefined;
  readonly control: CohortRow | undefined;
  /** The versions before it, as far as they are known. */
  readonly before: CohortRow | undefined;
  readonly lift: number;
  /** Bounds at every look at once, with chance 1 - alpha; undefined while they can't be said. */
  readonly lower: number | undefined;
  readonly upper: number | undefined;
  /** Over the mean of control. */
  readonly relativeLift: number | undefined;
  /** Anytime-valid p-value of "no loss above the margin". */
  readonly harmPValue: number;
  readonly alpha: number;
  /** Lift above which the model is better, and loss that is tolerated. */
  readonly liftMin: number;
  readonly margin: number;
  /** Of the entities in the model cohort: what it got, and was to get. */
  readonly share: number;
  readonly wantedShare: number;
  readonly sampleRatioPValue: number;
  /** What explains a loss; '' without one. */
  readonly explanation: string;
  /** When the monitor looked at it, epoch ms. */
  readonly asOfMs: number;
  /** What the console has seen of it, oldest first. */
  readonly points: readonly LiftPoint[];
}
