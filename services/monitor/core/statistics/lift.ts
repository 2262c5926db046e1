import { clusteredVariance } from './clustered-mean.ts';
import {
  type MeanEstimate,
  meanBelowPValue,
  meanInterval,
  meanLower,
  meanUpper,
  type SequencePolicy,
} from './confidence-sequence.ts';
import type { EntityRow } from './entity-sums.ts';
import { checkSampleRatio, type SampleRatioFinding } from './sample-ratio.ts';

/** Business results of two cohorts, by entity. */
export interface Cohorts {
  readonly model: readonly EntityRow[];
  readonly control: readonly EntityRow[];
}

/** When a lift is judged, and against what. */
export interface LiftPolicy extends SequencePolicy {
  /** Share of entities that the model cohort was to get, 0 to 1. */
  readonly modelShare: number;
  /** Entities of the smaller cohort below which nothing is said; 30 by default. */
  readonly entitiesMin: number;
  /** Lift per request, in the unit of the value, that a finished rollout must have reached. */
  readonly liftMin: number;
  /** Loss per request that is tolerated, 0 or more: below it harm is proven. */
  readonly margin: number;
}

/** Business impact of the model cohort against control. */
export interface LiftFinding {
  readonly verdict: 'better' | 'worse' | 'undecided' | 'invalid';
  readonly modelMean: number;
  readonly controlMean: number;
  /** Difference per request, after what was known before has been taken out; with its anytime-valid bounds, both at once at alpha. */
  readonly lift: number;
  readonly lower: number;
  readonly upper: number;
  /** The lift over the mean of control; absent where that is 0. */
  readonly relativeLift?: number;
  /** Anytime-valid p-value of "the loss is not above the margin". */
  readonly harmPValue: number;
  /** Share of the variance that is left after what was known before has been taken out, 0 to 1. */
  readonly varianceLeft: number;
  readonly entities: readonly [model: number, control: number];
  readonly sampleRatio: SampleRatioFinding;
}

/**
 * Judges the business results of a model cohort against control: `better` where the lift is proven to be above `liftMin`, `worse` where a loss above `margin` is proven, each at alpha over all looks. `invalid`: the cohorts have
 * not the sizes that they were to have. Covariates of the entities from before, such as last month's value, reduce the variance without moving the lift. O(entities).
 * @source variance reduction: Deng, Xu, Kohavi and Walker 2013 (CUPED), by entity
 */
export function judgeLift(cohorts: Cohorts, policy: LiftPolicy): LiftFinding {
  const entities = [cohorts.model.length, cohorts.control.length] as const;
  const sampleRatio = checkSampleRatio(...entities, policy.modelShare);
  const estimate = liftEstimate(cohorts);
  const shared = {
    modelMean: estimate.modelMean,
    controlMean: estimate.controlMean,
    entities,
    sampleRatio,
    varianceLeft: estimate.varianceLeft,
  };
  if (Math.min(...entities) < policy.entitiesMin) {
    const [lower, upper] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const verdict = sampleRatio.isMismatch ? 'invalid' : 'undecided';
    return { verdict, lift: estimate.mean, lower, upper, harmPValue: 1, ...shared };
  }
  const [lower, upper] = meanInterval(estimate, policy);
  return {
    verdict: sampleRatio.isMismatch ? 'invalid' : verdictOf(estimate, policy),
    lift: estimate.mean,
    lower,
    upper,
    ...(estimate.controlMean === 0
      ? {}
      : { relativeLift: estimate.mean / Math.abs(estimate.controlMean) }),
    harmPValue: meanBelowPValue(estimate, -policy.margin, policy),
    ...shared,
  };
}

function verdictOf(estimate: MeanEstimate, policy: LiftPolicy): LiftFinding['verdict'] {
  if (meanUpper(estimate, policy) < -policy.margin) return 'worse';
  return meanLower(estimate, policy) > policy.liftMin ? 'better' : 'undecided';
}

/** The difference of the cohorts' means as one estimate over all requests. */
export interface LiftEstimate extends MeanEstimate {
  readonly modelMean: number;
  readonly controlMean: number;
  readonly varianceLeft: number;
}

/** Gives the lift per request with its variance by entity; infinite where a cohort has fewer than two entities. O(entities). */
export function liftEstimate({ model, control }: Cohorts): LiftEstimate {
  const [left, right] = [meansOf(model), meansOf(control)];
  const slope = slopeOf([
    { rows: model, means: left },
    { rows: control, means: right },
  ]);
  const count = left.count + right.count;
  const varianceWith = (theta: number) =>
    count *
    (meanVariance(model, left, theta) / left.count +
      meanVariance(control, right, theta) / right.count);
  const [variance, plain] = [varianceWith(slope), varianceWith(0)];
  return {
    count,
    mean: left.mean - right.mean - slope * (left.covariate - right.covariate),
    variance: Number.isNaN(variance) ? Number.POSITIVE_INFINITY : variance,
    modelMean: left.mean,
    controlMean: right.mean,
    varianceLeft: plain > 0 && Number.isFinite(plain) ? variance / plain : 1,
  };
}

interface Means {
  readonly count: number;
  readonly mean: number;
  readonly covariate: number;
}

function meansOf(rows: readonly EntityRow[]): Means {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  if (count === 0) return { count, mean: 0, covariate: 0 };
  return {
    count,
    mean: rows.reduce((sum, row) => sum + row.sum, 0) / count,
    covariate: rows.reduce((sum, row) => sum + row.covariateSum, 0) / count,
  };
}

const valueResidual = (row: EntityRow, means: Means) => row.sum - means.mean * row.count;
const covariateResidual = (row: EntityRow, means: Means) =>
  row.covariateSum - means.covariate * row.count;

/** Gives how the value moves with the covariate, within both cohorts together; 0 where the covariate does not vary. */
function slopeOf(
  cohorts: readonly { readonly rows: readonly EntityRow[]; readonly means: Means }[],
): number {
  let [products, squares] = [0, 0];
  for (const { rows, means } of cohorts) {
    for (const row of rows) {
      const covariate = covariateResidual(row, means);
      products += valueResidual(row, means) * covariate;
      squares += covariate * covariate;
    }
  }
  return squares === 0 ? 0 : products / squares;
}

function meanVariance(rows: readonly EntityRow[], means: Means, slope: number): number {
  return clusteredVariance(
    rows,
    (row) => valueResidual(row, means) - slope * covariateResidual(row, means),
  );
}
