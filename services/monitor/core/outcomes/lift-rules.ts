import { type AlertJudgement, type AlertRule, numberAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';
import { meanBelowPValue, meanInterval } from '../statistics/confidence-sequence.ts';
import type { CohortFigures } from './cohort-tally.ts';
import { explainLoss } from './explain-loss.ts';

// Bounds that hold at all looks at once move little from one to the next.
const clearMs = 60_000;

/** The rules on what versions bring to the business. */
export const liftRules: readonly AlertRule[] = [
  {
    rule: 'business-lift',
    title: 'it brings less than the control cohort',
    severity: 'PAGE',
    pendingMs: 0,
    clearMs,
    advice:
      'see with `mlmesh lift` what went with it; go back with `mlmesh models rollback` where a release caused it',
    judge: judgeLoss,
  },
  {
    rule: 'cohort-sizes',
    title: 'its cohorts have not the sizes that they were to have',
    severity: 'TICKET',
    pendingMs: 0,
    clearMs,
    advice:
      'find what keeps entities out of a cohort: callers that leave out a key, outcomes that come for one cohort alone, retries that count twice',
    judge: judgeSizes,
  },
];

function judgeLoss(evidence: AlertEvidence): AlertJudgement {
  const [alpha, margin] = [numberAt(evidence, 'alpha'), numberAt(evidence, 'margin')];
  const estimate = {
    count: numberAt(evidence, 'requests'),
    mean: numberAt(evidence, 'lift'),
    variance: numberAt(evidence, 'variance'),
  };
  const policy = { alpha, countPlanned: numberAt(evidence, 'requestsPlanned') };
  const [lower, upper] = meanInterval(estimate, policy);
  const harmPValue = meanBelowPValue(estimate, -margin, policy);
  return {
    isFiring: harmPValue < alpha,
    figures: { harmPValue, lower, upper },
    against: `a request brought ${numberAt(evidence, 'model.meanValue').toFixed(4)} with the version and ${numberAt(evidence, 'control.meanValue').toFixed(4)} in control, a lift of ${estimate.mean.toFixed(4)} (${lower.toFixed(4)} to ${upper.toFixed(4)}), and a loss of ${margin} is tolerated; ${explanationOf(evidence)}`,
    certainty: `anytime-valid p ${harmPValue.toExponential(1)} of no such loss, where ${alpha} is allowed over all looks together`,
  };
}

/** Explains the loss once more from the figures that were stored. */
function explanationOf(evidence: AlertEvidence): string {
  const before = cohortAt(evidence, 'before');
  return explainLoss({
    model: cohortAt(evidence, 'model'),
    control: cohortAt(evidence, 'control'),
    before: before.answers > 0 ? before : undefined,
    release: {
      inferenceMs: knownAt(evidence, 'release.inferenceMs'),
      previousInferenceMs: knownAt(evidence, 'release.previousInferenceMs'),
      evaluatedAuc: knownAt(evidence, 'release.evaluatedAuc'),
      previousEvaluatedAuc: knownAt(evidence, 'release.previousEvaluatedAuc'),
    },
  });
}

function cohortAt(evidence: AlertEvidence, name: string): CohortFigures {
  return {
    answers: numberAt(evidence, `${name}.answers`),
    degraded: numberAt(evidence, `${name}.degraded`),
    labelled: numberAt(evidence, `${name}.labelled`),
    entities: numberAt(evidence, `${name}.entities`),
    meanValue: numberAt(evidence, `${name}.meanValue`),
    latencyP50Ms: knownAt(evidence, `${name}.latencyP50Ms`),
    latencyP99Ms: knownAt(evidence, `${name}.latencyP99Ms`),
    auc: knownAt(evidence, `${name}.auc`),
    aucStd: knownAt(evidence, `${name}.aucStd`),
  };
}

function knownAt(evidence: AlertEvidence, name: string): number | undefined {
  const value = numberAt(evidence, name);
  return Number.isNaN(value) ? undefined : value;
}

function judgeSizes(evidence: AlertEvidence): AlertJudgement {
  const [model, control] = [
    numberAt(evidence, 'model.entities'),
    numberAt(evidence, 'control.entities'),
  ];
  const pValue = numberAt(evidence, 'sampleRatioPValue');
  return {
    isFiring: pValue < 0.001,
    figures: { share: model / (model + control) },
    against: `${model} entities were in the model cohort and ${control} in control, where a share of ${numberAt(evidence, 'wantedShare')} was wanted`,
    certainty: `anytime-valid p ${pValue.toExponential(1)}, and below 0.001 is wrong in at most one run of a thousand`,
  };
}
