import { formatCount, formatDuration, formatShare } from '../format.ts';
import type { Finding, Verdict } from './finding.ts';

/** How a shadow compares, as the monitor says: mlmesh.monitor.v1.GetComparisonResponse. */
export interface ShadowComparison {
  readonly expected: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly pairs: number;
  readonly flips: number;
  readonly flipShareUpper: number;
  readonly scoreDifference: number;
  readonly labelled: number;
  readonly positives: number;
  readonly entities: number;
  readonly shadowLogLoss: number;
  readonly baselineLogLoss: number;
  readonly lossDifferenceUpper: number;
  readonly shadowAuc: number;
  readonly baselineAuc: number;
  readonly shadowP50Ms: number;
  readonly shadowP99Ms: number;
  readonly shadowP99UpperMs: number;
  /** When the monitor took the newest request, epoch ms; 0 when there are none. */
  readonly receivedUntilMs: number;
}

/** What a shadow has to reach. A part of each piece of evidence, by its digest. */
export const shadowLimits = {
  requestsMin: 1_000,
  answeredShareMin: 0.99,
  /** Below so many pairs a share of flips says little. */
  agreementPairsMin: 500,
  flipShareMax: 0.05,
  /** Pairs with a known outcome; fewer can't tell a difference of 0.01 from none. */
  labelledMin: 1_000,
  /** Of either label. */
  labelsOfEachMin: 50,
  /** Log loss by which it may be worse: a hundredth, where a coin flip is 0.69. */
  lossMargin: 0.01,
  /** The smallest number of values whose largest bounds the 99th percentile, one-sided 95 %. */
  latenciesMin: 299,
} as const;

/** Judges a shadow: a finding for each kind of its item, without what it was made from. `budgetMs` is that of the model. */
export function judgeShadow(
  comparison: ShadowComparison,
  budgetMs: number,
): readonly Omit<Finding, 'inputDigests' | 'baselineVersion'>[] {
  const { receivedUntilMs } = comparison;
  // It is as old as the traffic that it was found on: to look at the same requests again renews nothing.
  const age = receivedUntilMs > 0 ? { madeAtMs: receivedUntilMs } : {};
  return [
    coverageOf(comparison),
    agreementOf(comparison),
    qualityOf(comparison),
    latencyOf(comparison, budgetMs),
  ].map((finding) => ({ ...finding, ...age }));
}

function coverageOf({ expected, answered, failures }: ShadowComparison) {
  const share = expected === 0 ? 0 : answered / expected;
  const reasons = Object.entries(failures).map(([reason, count]) => `${count} ${reason}`);
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  const { requestsMin, answeredShareMin } = shadowLimits;
  const isEnough = expected >= requestsMin;
  const wanted = isEnough ? '' : `, ${formatCount(requestsMin)} are wanted`;
  return {
    kind: 'shadow-coverage',
    verdict: verdictOf(isEnough, share >= answeredShareMin),
    figures: { requests: expected, answered, answered_share: share },
    statement: `answered ${formatCount(answered)} of ${formatCount(expected)} requests, ${formatShare(share)}${wanted}${why}`,
  };
}

function agreementOf({ pairs, flips, flipShareUpper, scoreDifference }: ShadowComparison) {
  const { agreementPairsMin, flipShareMax } = shadowLimits;
  const isHeld = pairs >= agreementPairsMin && flipShareUpper <= flipShareMax;
  return {
    kind: 'shadow-agreement',
    // More flips are no fault by themselves: a better model decides otherwise.
    verdict: isHeld ? ('pass' as const) : ('inconclusive' as const),
    figures: {
      pairs,
      flips,
      flip_share_upper: flipShareUpper,
      score_difference: scoreDifference,
    },
    statement: `decides otherwise on ${formatCount(flips)} of ${formatCount(pairs)} pairs, at most ${formatShare(flipShareUpper)}`,
  };
}

function qualityOf(comparison: ShadowComparison) {
  const { labelled, positives, entities, shadowLogLoss, baselineLogLoss } = comparison;
  const { lossDifferenceUpper: upper, shadowAuc, baselineAuc } = comparison;
  const { labelledMin, labelsOfEachMin, lossMargin } = shadowLimits;
  const difference = shadowLogLoss - baselineLogLoss;
  const isEnough =
    labelled >= labelledMin && Math.min(positives, labelled - positives) >= labelsOfEachMin;
  const bound = Number.isFinite(upper) ? `, at most ${signed(upper)}` : '';
  return {
    kind: 'shadow-quality',
    verdict: isEnough ? boundVerdict(upper, difference, lossMargin) : ('inconclusive' as const),
    figures: {
      pairs: labelled,
      positives,
      entities,
      log_loss: shadowLogLoss,
      baseline_log_loss: baselineLogLoss,
      difference,
      ...(Number.isFinite(upper) ? { difference_upper: upper } : {}),
      margin: lossMargin,
      auc: shadowAuc,
      baseline_auc: baselineAuc,
    },
    statement: isEnough
      ? `log loss ${signed(difference)}${bound}, on ${formatCount(labelled)} known outcomes; margin ${lossMargin}; auc ${shadowAuc.toFixed(3)} against ${baselineAuc.toFixed(3)}`
      : `${formatCount(labelled)} pairs have an outcome, ${formatCount(positives)} of them positive; wanted ${formatCount(labelledMin)} with ${labelsOfEachMin} of each`,
  };
}

function latencyOf(
  { answered, shadowP50Ms, shadowP99Ms, shadowP99UpperMs }: ShadowComparison,
  budgetMs: number,
) {
  const isEnough = answered >= shadowLimits.latenciesMin;
  const latencies = { p50_ms: shadowP50Ms, p99_ms: shadowP99Ms, p99_upper_ms: shadowP99UpperMs };
  const finite = Object.entries(latencies).filter(([, ms]) => Number.isFinite(ms));
  const p99 = Number.isFinite(shadowP99Ms)
    ? `p99 ${formatDuration(shadowP99Ms)}`
    : 'more than 1 % failed';
  const bound = Number.isFinite(shadowP99UpperMs)
    ? `, at most ${formatDuration(shadowP99UpperMs)}`
    : '';
  return {
    kind: 'shadow-latency',
    verdict: isEnough
      ? boundVerdict(shadowP99UpperMs, shadowP99Ms, budgetMs)
      : ('inconclusive' as const),
    figures: {
      answers: answered,
      ...Object.fromEntries(finite),
      budget_ms: budgetMs,
    },
    statement: `${p99}${bound}; the budget is ${formatDuration(budgetMs)}`,
  };
}

/** Passes when even the bound is within the limit, fails when the estimate is not, and is inconclusive between the two. */
function boundVerdict(upper: number, estimate: number, limit: number): Verdict {
  if (upper <= limit) return 'pass';
  return estimate > limit ? 'fail' : 'inconclusive';
}

function verdictOf(isEnough: boolean, isHeld: boolean): Verdict {
  if (!isEnough) return 'inconclusive';
  return isHeld ? 'pass' : 'fail';
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}
