import type { RateRatioState } from '../statistics/rate-ratio-sequence.ts';
import type { BusinessEvidence } from './business-harm.ts';
import type { FailureKind, ServedCounts } from './served-window.ts';

/** What a version answered lately. */
export interface RecentlyServed {
  readonly oneMinute: ServedCounts;
  readonly fiveMinutes: ServedCounts;
}

/** What no comparison is needed for: each of these is the version's own doing. */
export interface HardFacts {
  /** Crashes of its process within ten minutes. */
  readonly crashes: number;
  /** Loads that failed because the artifact's signature or digest is wrong. */
  readonly signatureFailures: number;
  /** Answers that are not what the version's signature says. */
  readonly schemaFailures: number;
  /** Answers with NaN or infinity. */
  readonly notFinite: number;
  /** Golden requests whose replay was not what was registered. */
  readonly goldenMismatches: number;
}

/** Where a rollback would lead. */
export interface RollbackTarget {
  readonly version: string;
  readonly isWarm: boolean;
  readonly isVerified: boolean;
  readonly isQuarantined: boolean;
}

/** Anytime-valid p-values of slow harm; absent where it is not measured, or its data are not mature. */
export interface SlowHarm {
  /** Of "the business loss is not above the margin". */
  readonly business?: number;
  /** Of "the paired loss is not above the margin". */
  readonly quality?: number;
}

/** Loss on known outcomes against the previous version's on the same requests. */
export interface PairedLoss {
  readonly pairs: number;
  readonly entities: number;
  /** Mean difference of the Brier scores; positive where the version is worse. */
  readonly difference: number;
  /** By how much it may be worse. */
  readonly margin: number;
}

/** All that a guard looks at, as plain data: stored with each decision, which can be made again from it. */
export interface GuardInputs {
  readonly atMs: number;
  /** Name of the version that is watched, for people. */
  readonly version: string;
  /** What the policy gave the model, in ms: what was late was held to it. Absent where it is not told. */
  readonly modelBudgetMs?: number;
  /** Since when requests are counted, epoch ms: since the promotion was seen. Absent where it is not told. */
  readonly countedFromMs?: number;
  /** When the newest counts came, epoch ms. */
  readonly countedUntilMs: number;
  readonly current: RecentlyServed;
  /** The previous version on the same traffic: a holdback cohort, or its answers as a shadow. The more it sees the sooner harm is found. */
  readonly previous: RecentlyServed;
  /** Evidence that each kind of failure has become more frequent than the previous version's. */
  readonly rateRatios: Readonly<Record<FailureKind, RateRatioState>>;
  readonly hard: HardFacts;
  readonly slowHarm: SlowHarm;
  /** What the version brought; the p-value of business follows from it. Absent where it can't be compared. */
  readonly businessLift?: BusinessEvidence;
  /** What the p-value of quality is of; absent where no pair has an outcome. */
  readonly pairedLoss?: PairedLoss;
  /** Absent where there is no version to go back to. */
  readonly target?: RollbackTarget;
  readonly isHeldByHuman: boolean;
  readonly isFrozen: boolean;
  /** Automatic rollbacks since the version was promoted. */
  readonly rollbacksOfPromotion: number;
  /** Last automatic rollback of the model, epoch ms; absent where there was none. */
  readonly rolledBackAtMs?: number;
}
