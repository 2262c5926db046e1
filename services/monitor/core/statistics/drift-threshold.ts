import { studentUpper } from '../binomial.ts';
import type { DriftThresholds } from './judge-columns.ts';
import { normalUpperQuantile } from './normal.ts';

/** How a drift statistic varied over windows of the reference itself; a part of a version's reference profile. */
export interface ReferenceSpread {
  readonly mean: number;
  /** Of a sample (n - 1). */
  readonly std: number;
}

/** How often a rule that asks for `windowsNeeded` of `windowsLooked` windows may alarm on windows like those of the reference. */
export interface AlertBudget {
  /** Of all columns together. */
  readonly falseAlertsPerWeek: number;
  readonly windowsPerWeek: number;
  /** Columns, times what is judged of each. */
  readonly columns: number;
  readonly windowsNeeded: number;
  readonly windowsLooked: number;
}

/** Effects that are never called drift, however significant: 0.1 of a distribution is what a cumulative chart shows to the eye. */
export const effectMin = 0.1;

/**
 * Gives the threshold of an effect by the convention: what is usual for windows of the reference plus three deviations, at least `floor`.
 * @source NannyML's default of reference chunks
 */
export function usualThreshold({ mean, std }: ReferenceSpread, floor = effectMin): number {
  return Math.max(floor, mean + 3 * std);
}

/**
 * Gives the threshold that a setting in false alerts a week asks for, at least `floor`, from the spread over `count` windows, 5 or more. Statistics of distances are skewed to the right, so their quantile is that of a
 * lognormal variable with this mean and deviation: for Kolmogorov's distribution it is 1 % too high at a share of 1 % and 6 % at 0.1 %, where a normal one is 9 and 14 % too low. It is higher where few windows say how they vary. Windows count as
 * independent; where neighbours are alike there are fewer alerts, which last longer, or more of them.
 */
export function budgetThreshold(
  spread: ReferenceSpread & { readonly count: number },
  budget: AlertBudget,
  floor = effectMin,
): number {
  const { mean, std, count } = spread;
  if (mean <= 0 || std <= 0) return Math.max(floor, mean);
  const variance = Math.log1p((std / mean) ** 2);
  const z = studentUpper(count - 1, normalUpperQuantile(exceedShare(budget)));
  const deviations = z * Math.sqrt(1 + 1 / count);
  return Math.max(
    floor,
    Math.exp(Math.log(mean) - variance / 2 + deviations * Math.sqrt(variance)),
  );
}

/** What a version's reference profile says of a column's windows; see the profile's `windows`. */
export interface ReferenceWindows {
  /** Windows that were compared; fewer than five say nothing. */
  readonly count: number;
  /** Of the distance of the distributions, 0 to 1. */
  readonly ks: ReferenceSpread;
  /** Of the difference of the shares of missing values, 0 to 1. */
  readonly missing: ReferenceSpread;
}

// 5: a spread needs some windows.
const windowsMin = 5;
// 0.05: a value in twenty; 0.01: a category that the model never saw is worse than one that comes more often.
const missingMin = 0.05;
const unseenMin = 0.01;

/** Gives the thresholds of a column: by a setting in false alerts a week where there is one, else what is usual and three deviations. */
export function driftThresholds(
  { count, ks, missing }: ReferenceWindows,
  budget?: AlertBudget,
): DriftThresholds {
  if (count < windowsMin)
    return { distribution: effectMin, missing: missingMin, unseen: unseenMin };
  const of = (spread: ReferenceSpread, floor: number) =>
    budget === undefined
      ? usualThreshold(spread, floor)
      : budgetThreshold({ ...spread, count }, budget, floor);
  return { distribution: of(ks, effectMin), missing: of(missing, missingMin), unseen: unseenMin };
}

/**
 * Gives the share of windows, 0 to 0.5, in which one column may exceed its threshold, so that all of them raise at most `falseAlertsPerWeek`. A raise needs a window that
 * exceeds after at least `windowsNeeded` - 1 of the `windowsLooked` - 1 before it did.
 */
export function exceedShare(budget: AlertBudget): number {
  const wanted = budget.falseAlertsPerWeek / (budget.windowsPerWeek * budget.columns);
  let [low, high] = [0, 0.5];
  // 60 halvings: to the last bit.
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (raiseShare(middle, budget) > wanted) high = middle;
    else low = middle;
  }
  return Math.max(low, Number.MIN_VALUE);
}

/** Gives the chance that a window exceeds and completes the rule. */
function raiseShare(share: number, { windowsNeeded, windowsLooked }: AlertBudget): number {
  const before = windowsLooked - 1;
  let ways = 1;
  let chance = 0;
  for (let exceeded = 0; exceeded <= before; exceeded += 1) {
    if (exceeded >= windowsNeeded - 1) {
      chance += ways * share ** exceeded * (1 - share) ** (before - exceeded);
    }
    ways = (ways * (before - exceeded)) / (exceeded + 1);
  }
  return share * chance;
}
