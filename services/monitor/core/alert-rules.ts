import type { FiringAlert, Severity } from './alert-source.ts';

/** What the rules look at, for one model. */
export interface AlertInputs {
  readonly model: string;
  readonly parityMismatches: number;
  /** The first mismatch, for people. */
  readonly parityExample: string;
  /** Values of answers of the feature service, to whomever, that were audited and differ. */
  readonly answerMismatches: number;
  /** One of them, for people. */
  readonly answerExample: string;
  readonly recentAnswers: number;
  readonly recentDegradedShare: number;
  readonly shadowExpected: number;
  readonly shadowPairs: number;
  readonly droppedRecords: number;
}

interface AlertRule {
  readonly rule: string;
  readonly severity: Severity;
  readonly isFiring: (inputs: AlertInputs) => boolean;
  readonly message: (inputs: AlertInputs) => string;
}

/** Below so many answers a share says little. */
const answersMin = 50;
/** 0.05: five times what a healthy mesh shows under full load. */
const degradedShareMax = 0.05;
/** 0.95: gates want 0.99 of the pairs; this leaves room for what is still under way. */
const pairShareMin = 0.95;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const rules: readonly AlertRule[] = [
  {
    rule: 'feature-parity',
    severity: 'PAGE',
    isFiring: ({ parityMismatches }) => parityMismatches > 0,
    message: ({ parityMismatches, parityExample }) =>
      `${parityMismatches} audited answers were served with features that differ from their recomputation (first: ${parityExample}); stop promoting and look at the feature service`,
  },
  {
    rule: 'answer-parity',
    severity: 'PAGE',
    isFiring: ({ answerMismatches }) => answerMismatches > 0,
    message: ({ answerMismatches, answerExample }) =>
      `${answerMismatches} values that the feature service answered with differ from their recomputation (${answerExample}); stop promoting, and explain one with \`mlmesh features diff\``,
  },
  {
    rule: 'degraded-answers',
    severity: 'PAGE',
    isFiring: ({ recentAnswers, recentDegradedShare }) =>
      recentAnswers >= answersMin && recentDegradedShare > degradedShareMax,
    message: ({ recentDegradedShare, recentAnswers }) =>
      `${percent(recentDegradedShare)} of the last ${recentAnswers} answers came from the fallback or the rules; look at the prediction service, and roll back if a release caused it`,
  },
  {
    rule: 'shadow-pairs',
    severity: 'TICKET',
    isFiring: ({ shadowExpected, shadowPairs }) =>
      shadowExpected >= answersMin && shadowPairs < pairShareMin * shadowExpected,
    message: ({ shadowExpected, shadowPairs }) =>
      `only ${shadowPairs} of ${shadowExpected} predictions have an answer of the shadow; a comparison on those would flatter it`,
  },
  {
    rule: 'dropped-records',
    severity: 'TICKET',
    isFiring: ({ droppedRecords }) => droppedRecords > 0,
    message: ({ droppedRecords }) =>
      `routers dropped ${droppedRecords} records since the monitor did not keep up; figures lack them`,
  },
];

/** Gives the alerts that fire for these inputs. */
export function firingAlerts(inputs: AlertInputs): readonly FiringAlert[] {
  return rules
    .filter((rule) => rule.isFiring(inputs))
    .map(({ rule, severity, message }) => ({
      rule,
      model: inputs.model,
      subject: '',
      severity,
      message: message(inputs),
      evidence: { ...inputs },
    }));
}
