import { stirlingError } from './log-gamma.ts';

/**
 * Gives P(X = successes) for X ~ Bin(trials, share); `others` is 1 - share, given apart since it may be known to more digits. Relative error about
 * 1e-14 for any number of trials, since large logarithms do not cancel.
 * @source Loader 2000, "Fast and accurate computation of binomial probabilities"
 */
export function binomialDensity(
  successes: number,
  trials: number,
  share: number,
  others: number,
): number {
  const failures = trials - successes;
  if (successes === 0) return Math.exp(trials * logOf(others, share));
  if (failures === 0) return Math.exp(trials * logOf(share, others));
  const error = stirlingError(trials) - stirlingError(successes) - stirlingError(failures);
  const deviance = devianceOf(successes, trials * share) + devianceOf(failures, trials * others);
  const scale = Math.sqrt(trials / (2 * Math.PI * successes * failures));
  return scale * Math.exp(error - deviance);
}

function logOf(share: number, others: number): number {
  return others < 0.5 ? Math.log1p(-others) : Math.log(share);
}

/** Gives x log(x / mean) - x + mean without cancellation where the two are close. */
function devianceOf(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const ratio = difference / (x + mean);
  let sum = difference * ratio;
  let power = 2 * x * ratio;
  for (let odd = 3; odd < 100; odd += 2) {
    power *= ratio * ratio;
    const next = sum + power / odd;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
