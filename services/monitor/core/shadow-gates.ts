import { studentUpper } from './binomial.ts';
import { type ComparedRequest, logLoss, missing } from './comparison.ts';
import { type ClusteredMean, clusteredMean } from './statistics/clustered-mean.ts';
import { EntitySums } from './statistics/entity-sums.ts';
import {
  type GateVerdict,
  judgePairs,
  type PairedGateFinding,
  type PairedGatePolicy,
  type PairedLosses,
} from './statistics/paired-gate.ts';
import { measureQuality } from './statistics/quality.ts';

/** What a shadow has to reach in its gates. Shares are of 0 to 1. */
export interface ShadowGatePolicy {
  /** Error of each gate, for a wrong pass and for a wrong fail, over all looks while requests come. */
  readonly alpha: number;
  /** Requests at which a decision is expected. */
  readonly countPlanned: number;
  readonly requestsMin: number;
  readonly failedShareMax: number;
  readonly agreementPairsMin: number;
  readonly flipShareMax: number;
  readonly labelledMin: number;
  /** Of either label. */
  readonly labelsOfEachMin: number;
  /** Log loss by which it may be worse. */
  readonly lossMargin: number;
  /** By how much its expected calibration error may be larger. */
  readonly calibrationMargin: number;
  readonly latenciesMin: number;
  /** Of answers that may come after the budget. */
  readonly lateShareMax: number;
  /** Of the model, in ms. */
  readonly budgetMs: number;
  /** Where the decision lies. */
  readonly threshold: number;
}

/** The defaults, but for what the policy of a model says. */
export const shadowGatePolicy: Omit<ShadowGatePolicy, 'budgetMs' | 'threshold'> = {
  alpha: 0.05,
  // 4,000: what a check sends where callers have sent less.
  countPlanned: 4_000,
  requestsMin: 1_000,
  failedShareMax: 0.01,
  agreementPairsMin: 500,
  flipShareMax: 0.05,
  labelledMin: 1_000,
  labelsOfEachMin: 50,
  // A hundredth, where a coin flip is 0.69.
  lossMargin: 0.01,
  calibrationMargin: 0.01,
  latenciesMin: 299,
  // The 99th percentile is within the budget where at most so many are not.
  lateShareMax: 0.01,
};

/** What one gate found. */
export interface ShadowGate {
  /** Kind of evidence that it is. */
  readonly kind: string;
  readonly gate: 'G2' | 'G3' | 'G4' | 'G5' | 'G6';
  readonly verdict: GateVerdict;
  /** What was found, for people. */
  readonly statement: string;
  /** Finite numbers by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Expected calibration errors on known outcomes, and how many came of those that the shadow expected. */
export interface GateCalibration {
  readonly ece: number;
  readonly baselineEce: number;
  readonly slope: number;
  readonly observedOverExpected: number;
}

/** What the gates are decided from, as plain data: stored with a verdict, which can be made again from it. */
export interface ShadowGateInputs {
  readonly requests: number;
  /** Requests without an answer of the shadow, by the reason. */
  readonly failures: Readonly<Record<string, number>>;
  readonly pairs: number;
  readonly flips: number;
  /** Mean of the shadow's score less the baseline's. */
  readonly scoreDifference: number;
  readonly labelled: number;
  readonly positives: number;
  readonly logLoss: number;
  readonly baselineLogLoss: number;
  /** Differences of the log loss by entity; absent below two entities. */
  readonly losses?: PairedLosses;
  /** Absent without known outcomes. */
  readonly calibration?: GateCalibration;
  /** Answers, and what was given up; of them those after the budget. */
  readonly answers: number;
  readonly late: number;
}

interface Labelled {
  readonly entity: string;
  readonly shadow: number;
  readonly baseline: number;
  readonly label: number;
}

/** Sums up what the gates are decided from. O(requests). */
export function gateInputs(
  requests: readonly ComparedRequest[],
  { threshold, budgetMs, alpha }: ShadowGatePolicy,
): ShadowGateInputs {
  const failures: Record<string, number> = {};
  let [answers, late] = [0, 0];
  for (const { shadow } of requests) {
    const isLate = 'failure' in shadow || shadow.latencyMs > budgetMs;
    if ('failure' in shadow) failures[shadow.failure] = (failures[shadow.failure] ?? 0) + 1;
    // What was given up is late; what is missing may be on its way, and says nothing of a latency.
    if ('failure' in shadow && shadow.failure === missing) continue;
    answers += 1;
    if (isLate) late += 1;
  }
  return {
    requests: requests.length,
    failures,
    ...agreementOf(requests, threshold),
    ...lossesOf(requests.flatMap(labelledOf), alpha),
    answers,
    late,
  };
}

function agreementOf(requests: readonly ComparedRequest[], threshold: number) {
  let [pairs, flips, difference] = [0, 0, 0];
  for (const { shadow, baselineScore } of requests) {
    if (!('score' in shadow) || baselineScore === undefined) continue;
    pairs += 1;
    difference += shadow.score - baselineScore;
    if (shadow.score >= threshold !== baselineScore >= threshold) flips += 1;
  }
  return { pairs, flips, scoreDifference: pairs === 0 ? 0 : difference / pairs };
}

function lossesOf(pairs: readonly Labelled[], alpha: number) {
  const sums = new EntitySums();
  let [differing, own, other, positives] = [0, 0, 0, 0];
  for (const { entity, shadow, baseline, label } of pairs) {
    const isPositive = label > 0.5;
    const [loss, baselineLoss] = [logLoss(shadow, isPositive), logLoss(baseline, isPositive)];
    sums.add(entity, loss - baselineLoss);
    own += loss / pairs.length;
    other += baselineLoss / pairs.length;
    if (loss !== baselineLoss) differing += 1;
    if (isPositive) positives += 1;
  }
  const difference = clusteredMean(sums.rows());
  const calibration = calibrationOf(pairs, alpha);
  return {
    labelled: pairs.length,
    positives,
    logLoss: own,
    baselineLogLoss: other,
    ...(difference.entities < 2 ? {} : { losses: { difference, differing } }),
    ...(calibration === undefined ? {} : { calibration }),
  };
}

function calibrationOf(pairs: readonly Labelled[], alpha: number): GateCalibration | undefined {
  const labels = Float32Array.from(pairs, ({ label }) => (label > 0.5 ? 1 : 0));
  const of = (score: (pair: Labelled) => number) =>
    measureQuality({ probabilities: Float64Array.from(pairs, score), labels }, alpha);
  const [own, other] = [of(({ shadow }) => shadow), of(({ baseline }) => baseline)];
  if (own === undefined || other === undefined) return undefined;
  return {
    ece: own.calibration.ece,
    baselineEce: other.calibration.ece,
    slope: own.calibration.slope,
    observedOverExpected: own.observedOverExpected?.ratio ?? 0,
  };
}

/**
 * Judges a shadow on requests that it and its baseline were to answer: coverage, agreement, quality, calibration and latency. While requests are added it may be asked as often as one likes; each gate is wrong in at most alpha of the
 * runs, and inconclusive until it knows. Agreement and calibration only inform: they fail nothing. A pure function: stored inputs and policy give the same gates again.
 */
export function judgeShadowGates(
  inputs: ShadowGateInputs,
  policy: ShadowGatePolicy,
): readonly ShadowGate[] {
  return [
    judgeCoverage(inputs, policy),
    judgeAgreement(inputs, policy),
    judgeQuality(inputs, policy),
    judgeCalibration(inputs, policy),
    judgeLatency(inputs, policy),
  ];
}

/** Gives what the gates say together: all that are needed have to pass, and one that fails is enough. */
export function gatesVerdict(gates: readonly ShadowGate[]): GateVerdict {
  if (gates.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  const needed = gates.filter(({ gate }) => gate !== 'G3' && gate !== 'G5');
  return needed.every(({ verdict }) => verdict === 'PASS') ? 'PASS' : 'INCONCLUSIVE';
}

/** Says of each gate what it found, for people. */
export function gatesStatement(gates: readonly ShadowGate[]): string {
  return gates
    .map(({ gate, verdict, statement }) => `${gate} ${verdict.toLowerCase()}: ${statement}`)
    .join('; ');
}

function judgeCoverage(inputs: ShadowGateInputs, policy: ShadowGatePolicy): ShadowGate {
  const { requests, failures } = inputs;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const { failedShareMax: most, requestsMin } = policy;
  const found = judgeShare(failed, requests, { most, countMin: requestsMin }, policy);
  const why = Object.entries(failures).map(([reason, count]) => `, ${count} ${reason}`);
  return {
    kind: 'shadow-coverage',
    gate: 'G2',
    verdict: found.verdict,
    statement: `answered ${requests - failed} of ${requests} requests${why.join('')}; ${boundText(found, 'failed')}`,
    figures: {
      requests,
      answered: requests - failed,
      ...figuresOf(found),
      failed_share_max: most,
    },
  };
}

function judgeAgreement(inputs: ShadowGateInputs, policy: ShadowGatePolicy): ShadowGate {
  const { pairs, flips, scoreDifference } = inputs;
  const { flipShareMax: most, agreementPairsMin } = policy;
  const found = judgeShare(flips, pairs, { most, countMin: agreementPairsMin }, policy);
  return {
    kind: 'shadow-agreement',
    gate: 'G3',
    // More flips are no fault by themselves: a better model decides otherwise.
    verdict: found.verdict === 'PASS' ? 'PASS' : 'INCONCLUSIVE',
    statement: `decides otherwise on ${flips} of ${pairs} pairs; ${boundText(found, 'flipped')}`,
    figures: { pairs, flips, ...figuresOf(found), score_difference: scoreDifference },
  };
}

function judgeQuality(inputs: ShadowGateInputs, policy: ShadowGatePolicy): ShadowGate {
  const { labelled, positives, losses } = inputs;
  const { lossMargin, labelledMin, labelsOfEachMin } = policy;
  const found =
    losses === undefined
      ? undefined
      : judgePairs(
          { ...losses, difference: forFewEntities(losses.difference) },
          {
            ...pairPolicy(policy, lossMargin, labelledMin),
            // Losses of any size; where none differs at all, nothing can be worse.
            differenceMin: 0,
            entitiesMin,
          },
        );
  const isEnough = Math.min(positives, labelled - positives) >= labelsOfEachMin;
  return {
    kind: 'shadow-quality',
    gate: 'G4',
    verdict: isEnough && found !== undefined ? found.verdict : 'INCONCLUSIVE',
    statement:
      isEnough && found !== undefined
        ? `log loss ${signed(found.difference)} on ${labelled} known outcomes of ${found.entities} entities; ${boundText(found, 'difference')}`
        : `wanted ${labelledMin} known outcomes with ${labelsOfEachMin} of each label, got ${labelled} with ${positives} positive`,
    figures: {
      pairs: labelled,
      positives,
      log_loss: inputs.logLoss,
      baseline_log_loss: inputs.baselineLogLoss,
      ...(found === undefined
        ? {}
        : { entities: found.entities, difference: found.difference, ...figuresOf(found) }),
      margin: lossMargin,
    },
  };
}

/** Fewer say nothing about how entities differ. */
const entitiesMin = 5;
/** Standard errors that the bounds are away from the mean where a decision is expected. */
const boundErrors = 3;

/** Widens the variance as Student's t widens a normal bound: that of a few entities is itself uncertain. */
function forFewEntities(difference: ClusteredMean): ClusteredMean {
  const { entities, variance } = difference;
  if (entities < entitiesMin) return difference;
  const wider = studentUpper(entities - 1, boundErrors) / boundErrors;
  return { ...difference, variance: variance * wider ** 2 };
}

function judgeCalibration(inputs: ShadowGateInputs, policy: ShadowGatePolicy): ShadowGate {
  const { labelled, calibration } = inputs;
  if (calibration === undefined || labelled < policy.labelledMin) {
    return {
      kind: 'calibration',
      gate: 'G5',
      verdict: 'INCONCLUSIVE',
      statement: `wanted ${policy.labelledMin} known outcomes, got ${labelled}`,
      figures: { pairs: labelled },
    };
  }
  const { ece, baselineEce, slope, observedOverExpected } = calibration;
  return {
    kind: 'calibration',
    gate: 'G5',
    verdict: ece <= baselineEce + policy.calibrationMargin ? 'PASS' : 'INCONCLUSIVE',
    statement: `expected calibration error ${ece.toFixed(4)} against ${baselineEce.toFixed(4)}, ${(observedOverExpected * 100).toFixed(0)} % of what it expects came, on ${labelled} known outcomes`,
    figures: {
      pairs: labelled,
      ece,
      baseline_ece: baselineEce,
      slope,
      observed_over_expected: observedOverExpected,
      margin: policy.calibrationMargin,
    },
  };
}

function judgeLatency({ answers, late }: ShadowGateInputs, policy: ShadowGatePolicy): ShadowGate {
  const { budgetMs, lateShareMax: most, latenciesMin } = policy;
  const found = judgeShare(late, answers, { most, countMin: latenciesMin }, policy);
  return {
    kind: 'shadow-latency',
    gate: 'G6',
    verdict: found.verdict,
    statement: `${late} of ${answers} answers came after the budget of ${budgetMs} ms; ${boundText(found, 'late')}`,
    figures: { answers, late, ...figuresOf(found), late_share_max: most, budget_ms: budgetMs },
  };
}

/** Judges a share of requests, each counted by itself: what fails or is late comes in bursts of time, not of entities. */
function judgeShare(
  bad: number,
  count: number,
  { most, countMin }: { readonly most: number; readonly countMin: number },
  policy: ShadowGatePolicy,
): PairedGateFinding {
  const mean = count === 0 ? 0 : bad / count;
  const variance = count < 2 ? Number.POSITIVE_INFINITY : (mean * (1 - mean) * count) / (count - 1);
  const difference = { count, mean, variance, entities: count };
  return judgePairs({ difference, differing: bad }, pairPolicy(policy, most, countMin));
}

function pairPolicy(
  { alpha, countPlanned }: ShadowGatePolicy,
  margin: number,
  countMin: number,
): PairedGatePolicy {
  return {
    alpha,
    countPlanned,
    margin,
    differenceMin: 1,
    countMin,
    entitiesMin: 1,
    differingMin: 0,
  };
}

function figuresOf({ lower, upper, pValue }: PairedGateFinding): Readonly<Record<string, number>> {
  const found = { lower, upper, p_value: pValue };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
}

function boundText({ lower, upper, reason, pValue }: PairedGateFinding, what: string): string {
  if (!Number.isFinite(upper)) return reason;
  return `${what} within ${lower.toFixed(4)} and ${upper.toFixed(4)} at every look, p ${pValue.toExponential(1)}`;
}

function labelledOf({ entity, shadow, baselineScore: baseline, label }: ComparedRequest) {
  if (!('score' in shadow) || baseline === undefined || label === undefined) return [];
  return [{ entity, shadow: shadow.score, baseline, label }];
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}
