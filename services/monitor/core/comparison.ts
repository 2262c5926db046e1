import { quantileUpperRank, shareUpper, studentUpper } from './binomial.ts';
import { ScoreHistogram } from './score-histogram.ts';

/** One request that a shadow was to answer. */
export interface ComparedRequest {
  /** Whose request it was: keys of one entity are equal. */
  readonly entity: string;
  readonly atMs: number;
  /** When the monitor took it, epoch ms. */
  readonly receivedAtMs: number;
  /** What the shadow gave: a score with its latency in ms, or the reason for which there is none. */
  readonly shadow:
    | { readonly score: number; readonly latencyMs: number }
    | { readonly failure: string };
  /** Score that went to the caller; undefined when something else than the baseline gave it. */
  readonly baselineScore: number | undefined;
  /** 1 or 0; undefined while it is not known. */
  readonly label: number | undefined;
  /** Parts of the entity's key; absent where no segments are asked for. */
  readonly keys?: readonly string[];
  /** How long the baseline's call took, in ms; absent where it did not answer, or that was not measured. */
  readonly baselineMs?: number;
}

/** How a shadow compares; mlmesh.monitor.v1.GetComparisonResponse says what each figure is. */
export interface Comparison {
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
  readonly fromMs: number;
  readonly untilMs: number;
  readonly receivedUntilMs: number;
}

/** Failure of a shadow of which nothing has come: it may be on its way, so it says nothing about a latency. */
export const missing = 'MISSING';

interface Pair {
  readonly entity: string;
  readonly shadow: number;
  readonly baseline: number;
  readonly label: number | undefined;
}

/** Compares a shadow with its baseline, each request once. `threshold` is where the decision lies. */
export function compareShadow(requests: readonly ComparedRequest[], threshold: number): Comparison {
  const pairs: Pair[] = [];
  const latencies: number[] = [];
  const failures: Record<string, number> = {};
  for (const { entity, shadow, baselineScore, label } of requests) {
    if ('failure' in shadow) {
      failures[shadow.failure] = (failures[shadow.failure] ?? 0) + 1;
      continue;
    }
    latencies.push(shadow.latencyMs);
    if (baselineScore === undefined) continue;
    pairs.push({ entity, shadow: shadow.score, baseline: baselineScore, label });
  }
  const isFlip = ({ shadow, baseline }: Pair) => shadow >= threshold !== baseline >= threshold;
  const flips = pairs.filter(isFlip).length;
  const times = requests.map(({ atMs }) => atMs);
  return {
    expected: requests.length,
    answered: latencies.length,
    failures,
    pairs: pairs.length,
    flips,
    flipShareUpper: shareUpper(flips, pairs.length),
    scoreDifference: mean(pairs.map(({ shadow, baseline }) => shadow - baseline)),
    ...qualityOf(pairs),
    ...latencyOf(latencies, requests.length - latencies.length - (failures[missing] ?? 0)),
    fromMs: times.reduce((least, ms) => Math.min(least, ms), times[0] ?? 0),
    untilMs: times.reduce((most, ms) => Math.max(most, ms), 0),
    receivedUntilMs: requests.reduce((most, one) => Math.max(most, one.receivedAtMs), 0),
  };
}

function qualityOf(pairs: readonly Pair[]) {
  const labelled = pairs.flatMap(({ label, ...pair }) =>
    label === undefined ? [] : [{ ...pair, isPositive: label > 0.5 }],
  );
  const [shadows, baselines] = [new ScoreHistogram(), new ScoreHistogram()];
  const losses = labelled.map(({ entity, shadow, baseline, isPositive }) => {
    shadows.add(shadow, isPositive);
    baselines.add(baseline, isPositive);
    return { entity, shadow: logLoss(shadow, isPositive), baseline: logLoss(baseline, isPositive) };
  });
  const differences = losses.map((loss) => ({
    entity: loss.entity,
    value: loss.shadow - loss.baseline,
  }));
  return {
    labelled: labelled.length,
    positives: labelled.filter(({ isPositive }) => isPositive).length,
    entities: new Set(labelled.map(({ entity }) => entity)).size,
    shadowLogLoss: mean(losses.map(({ shadow }) => shadow)),
    baselineLogLoss: mean(losses.map(({ baseline }) => baseline)),
    lossDifferenceUpper: clusteredMeanUpper(differences),
    shadowAuc: shadows.auc() ?? 0,
    baselineAuc: baselines.auc() ?? 0,
  };
}

/** What was given up, such as a call that took too long, is later than any answer: without it the slowest would not count. */
function latencyOf(latencies: readonly number[], givenUp: number) {
  const sorted = Float64Array.from(latencies).sort();
  const count = sorted.length + givenUp;
  const at = (rank: number) => sorted[rank - 1] ?? Number.POSITIVE_INFINITY;
  const quantile = (share: number) => (count === 0 ? 0 : at(Math.ceil(share * count)));
  const upperRank = quantileUpperRank(count, 0.99);
  return {
    shadowP50Ms: quantile(0.5),
    shadowP99Ms: quantile(0.99),
    shadowP99UpperMs: upperRank === undefined ? Number.POSITIVE_INFINITY : at(upperRank),
  };
}

// 1e-6: a model that is sure and wrong loses 13.8, not everything.
const scoreMin = 1e-6;

/** Gives the log loss of a score of 0 to 1. */
export function logLoss(score: number, isPositive: boolean): number {
  const likelihood = isPositive ? score : 1 - score;
  return -Math.log(Math.min(1, Math.max(scoreMin, likelihood)));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Fewer say nothing about how entities differ. */
const entitiesMin = 5;

/**
 * Gives the one-sided 95 % upper bound of a mean whose values depend on each other within an entity; infinity below 5 entities.
 * @source Liang and Zeger 1986, with the correction G / (G - 1), and t with G - 1 degrees of freedom
 */
function clusteredMeanUpper(
  values: readonly { readonly entity: string; readonly value: number }[],
): number {
  const middle = mean(values.map(({ value }) => value));
  const sums = new Map<string, number>();
  for (const { entity, value } of values) {
    sums.set(entity, (sums.get(entity) ?? 0) + value - middle);
  }
  const groups = sums.size;
  if (groups < entitiesMin) return Number.POSITIVE_INFINITY;
  const squares = [...sums.values()].reduce((sum, value) => sum + value * value, 0);
  const error = Math.sqrt((squares * groups) / (groups - 1)) / values.length;
  return middle + studentUpper(groups - 1) * error;
}
