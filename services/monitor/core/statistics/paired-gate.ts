import type { ClusteredMean } from './clustered-mean.ts';
import {
  meanAbovePValue,
  meanBelowPValue,
  meanLower,
  meanUpper,
  type SequencePolicy,
} from './confidence-sequence.ts';

/** What a gate finds. Only `PASS` lets a version on; `INCONCLUSIVE` holds. */
export type GateVerdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/** What a paired gate asks for. */
export interface PairedGatePolicy extends SequencePolicy {
  /** Most by which the shadow's loss may exceed production's; 0 asks for a version that is better. */
  readonly margin: number;
  /** Smallest difference other than 0 that two losses can have: 1 for losses of 0 and 1, 0 for those of any value. */
  readonly differenceMin: number;
  /** Fewer pairs are not judged; 100 by default. */
  readonly countMin: number;
  /** Fewer entities are not judged; 30 by default. */
  readonly entitiesMin: number;
  /** Fewer pairs whose losses differ are not judged; 10 by default. */
  readonly differingMin: number;
}

/**
 * The defaults of {@link PairedGatePolicy} for losses of 0 and 1: one point of margin, at 5 % for both kinds of error. 6,000: with 5 % of pairs differing a version that is as good as
 * production passes by then in four of five runs.
 */
export const pairedGatePolicy: PairedGatePolicy = {
  alpha: 0.05,
  countPlanned: 6_000,
  margin: 0.01,
  differenceMin: 1,
  countMin: 100,
  entitiesMin: 30,
  differingMin: 10,
};

/** Losses of pairs: what the shadow lost less what production lost on the same request. */
export interface PairedLosses {
  readonly difference: ClusteredMean;
  /** Pairs whose losses differ. */
  readonly differing: number;
}

/** What a gate says, with all numbers that it rests on. */
export interface PairedGateFinding {
  readonly verdict: GateVerdict;
  readonly reason: string;
  readonly count: number;
  readonly entities: number;
  readonly differing: number;
  /** Mean difference of the losses; positive where the shadow is worse. */
  readonly difference: number;
  /** Anytime-valid bounds of it, each at alpha. */
  readonly lower: number;
  readonly upper: number;
  /** Anytime-valid p-value of "worse by the margin or more": alpha that was spent so far. */
  readonly pValue: number;
  /** Anytime-valid p-value of "not worse by more than the margin": what a rollback asks for. */
  readonly harmPValue: number;
}

/**
 * Judges a shadow on pairs of answers to the same requests: `PASS` where its loss is proven to be less than the margin above production's, `FAIL` where it is proven to be more. It may be asked after every
 * pair; over all looks together each of the two is wrong in at most alpha of the runs.
 */
export function judgePairs(losses: PairedLosses, policy: PairedGatePolicy): PairedGateFinding {
  const { difference, differing } = losses;
  const { count, entities, mean } = difference;
  const found = { count, entities, differing, difference: mean };
  const lacking = lackOf(losses, policy);
  if (lacking !== undefined) {
    const open = {
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
      pValue: 1,
      harmPValue: 1,
    };
    return { verdict: 'INCONCLUSIVE', reason: lacking, ...found, ...open };
  }
  const estimate = {
    ...difference,
    variance: Math.max(difference.variance, leastVariance(policy)),
  };
  const [lower, upper] = [meanLower(estimate, policy), meanUpper(estimate, policy)];
  const pValue = meanBelowPValue(estimate, policy.margin, policy);
  const harmPValue = meanAbovePValue(estimate, policy.margin, policy);
  const bounds = { ...found, lower, upper, pValue, harmPValue };
  if (upper < policy.margin) {
    return { verdict: 'PASS', reason: `worse by less than ${policy.margin}`, ...bounds };
  }
  if (lower > policy.margin) {
    return { verdict: 'FAIL', reason: `worse by more than ${policy.margin}`, ...bounds };
  }
  return { verdict: 'INCONCLUSIVE', reason: `${policy.margin} is within the bounds`, ...bounds };
}

/**
 * Gives the variance that differences have at the margin at least: where few pairs differ, those that happen to be seen say too little of it, and without this a gate with one in a hundred pairs differing would be wrong in 5 % of
 * the runs rather than 2 %.
 */
function leastVariance({ margin, differenceMin }: PairedGatePolicy): number {
  return Math.max(0, differenceMin * margin - margin ** 2);
}

function lackOf(
  { difference, differing }: PairedLosses,
  policy: PairedGatePolicy,
): string | undefined {
  const { countMin, entitiesMin, differingMin } = policy;
  if (difference.count < countMin) return `wanted ${countMin} pairs, got ${difference.count}`;
  if (difference.entities < entitiesMin) {
    return `wanted ${entitiesMin} entities, got ${difference.entities}`;
  }
  if (differing < differingMin) return `wanted ${differingMin} pairs that differ, got ${differing}`;
  return undefined;
}
