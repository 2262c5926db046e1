import { type AlertJudgement, type AlertRule, numberAt } from '../alert-rule.ts';
import type { AlertEvidence } from '../alert-source.ts';

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
  const harmPValue = numberAt(evidence, 'harmPValue');
  const lift = numberAt(evidence, 'model.meanValue') - numberAt(evidence, 'control.meanValue');
  return {
    isFiring: harmPValue < alpha,
    // Where nothing was known of the entities before, the lift is the difference of the means.
    figures: numberAt(evidence, 'varianceLeft') === 1 ? { lift } : { harmPValue },
    against: `a request brought ${numberAt(evidence, 'model.meanValue').toFixed(4)} with the version and ${numberAt(evidence, 'control.meanValue').toFixed(4)} in control, and a loss of ${margin} is tolerated`,
    certainty: `anytime-valid p ${harmPValue.toExponential(1)} of no such loss, where ${alpha} is allowed over all looks together`,
  };
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
