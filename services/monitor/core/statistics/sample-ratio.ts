import { chiSquareUpper } from './chi-square.ts';
import { logGamma } from './log-gamma.ts';

/** What a check of cohorts' sizes found. */
export interface SampleRatioFinding {
  readonly isMismatch: boolean;
  /** Share that went to the model cohort, 0 to 1. */
  readonly share: number;
  /** Of a single look: Pearson's chi-square with one degree of freedom. */
  readonly pValue: number;
  /** Anytime-valid p-value, which decides: one over the evidence against the wanted share. */
  readonly anytimePValue: number;
}

// 0.001: GrowthBook's; a mismatch voids a whole comparison.
const mismatchP = 0.001;
// 1,000: a prior that is about as wide as the mismatches that are met, some points.
const priorWeight = 1_000;

/**
 * Says whether cohorts have the sizes that they were to have: where they have not, what assigns them is broken, and so is every comparison between them. Counts are of entities (of requests where each is assigned
 * anew). May be asked as often as one likes: below 0.001 is wrong in at most one run of a thousand.
 * @source Lindon and Malek 2022, "Anytime-valid inference for multinomial count data", for two cohorts
 */
export function checkSampleRatio(
  model: number,
  control: number,
  wantedShare: number,
): SampleRatioFinding {
  const count = model + control;
  if (count === 0) return { isMismatch: false, share: wantedShare, pValue: 1, anytimePValue: 1 };
  const share = model / count;
  const statistic = ((share - wantedShare) ** 2 * count) / (wantedShare * (1 - wantedShare));
  const [a, b] = [priorWeight * wantedShare, priorWeight * (1 - wantedShare)];
  const marginal = logBeta(a + model, b + control) - logBeta(a, b);
  const evidence = marginal - model * Math.log(wantedShare) - control * Math.log1p(-wantedShare);
  const anytimePValue = Math.min(1, Math.exp(-evidence));
  const pValue = chiSquareUpper(statistic, 1);
  return { isMismatch: anytimePValue < mismatchP, share, pValue, anytimePValue };
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
