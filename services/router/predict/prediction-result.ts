import type { Reason } from '../../shared/kernel/reason.ts';
import type { RoleName } from '../core/cohort.ts';
import type { ModelRouting } from '../core/routing-table.ts';
import type { VersionRows } from '../core/version-sets.ts';
import type { FeatureAnswer, TierName } from '../ports.ts';

/** A tier that did not answer, and why. */
export interface SkippedTier {
  readonly tier: TierName;
  readonly version: number;
  readonly reason: Reason;
}

/** The answer to one request, with everything that is to be said of it. */
export interface PredictionResult {
  readonly predictionId: string;
  readonly outputs: readonly number[] | Float32Array;
  readonly tier: TierName;
  readonly version: number;
  readonly role: RoleName;
  readonly skipped: readonly SkippedTier[];
  readonly features: FeatureAnswer | undefined;
  /** What `features` are: of the feature set of the version that answered. */
  readonly rows: VersionRows;
  readonly routing: ModelRouting;
  readonly because: string;
  readonly featuresMs: number;
  readonly modelMs: number;
  readonly fallbackMs: number;
  readonly totalMs: number;
  /** Before it was let in. */
  readonly admissionMs: number;
  /** What the model had in all. */
  readonly budgetMs: number;
}

/** Gives the columns of an answer that were filled with their default. */
export function defaultedColumns(result: PredictionResult): readonly string[] {
  const { contract } = result.rows;
  const statuses = result.features?.statuses;
  if (statuses === undefined) return result.tier === 'RULES' ? [] : contract.viewColumns;
  let defaulted: string[] | undefined;
  for (let index = 0; index < statuses.length; index += 1) {
    if (statuses[index] !== 0) {
      defaulted ??= [];
      defaulted.push(contract.viewColumns[index] ?? '');
    }
  }
  return defaulted ?? [];
}
