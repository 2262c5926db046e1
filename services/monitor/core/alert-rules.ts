import { type AlertJudgement, type AlertRule, numberAt, textAt } from './alert-rule.ts';
import type { AlertEvidence, FiringAlert } from './alert-source.ts';
import { shareUpper } from './binomial.ts';

/** What the rules look at, for one model. */
export interface AlertInputs {
  readonly model: string;
  /** Audited answers that differ, as many as were found lately. */
  readonly parityMismatches: number;
  /** The first mismatch, for people. */
  readonly parityExample: string;
  /** Values of answers of the feature service, to whomever, that were audited and differ. */
  readonly answerMismatches: number;
  /** One of them, for people. */
  readonly answerExample: string;
  readonly recentAnswers: number;
  readonly recentDegradedShare: number;
  /** Answers that shadows were to give within the last ten minutes, and those that they gave. */
  readonly shadowExpected: number;
  readonly shadowPairs: number;
}

/** A rule on the figures of a model. */
interface FigureRule extends AlertRule {
  readonly evidenceOf: (inputs: AlertInputs) => AlertEvidence;
  readonly message: (inputs: AlertInputs) => string;
}

/** Below so many answers a share says little. */
const answersMin = 50;
/** 0.05: five times what a healthy mesh shows under full load. */
const degradedShareMax = 0.05;
/** 0.95: gates want 0.99 of the pairs; this leaves room for what is still under way. */
const pairShareMin = 0.95;
/** Longer than a pause of the monitor or of what it watches: what comes and goes within it is one alert. */
const clearMs = 10_000;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const exact = 'no chance is involved: equal bits are a theorem, and these differ';

/** The rules on the figures of a model. */
export const figureRules: readonly FigureRule[] = [
  {
    rule: 'feature-parity',
    title: 'answers were served with wrong features',
    severity: 'PAGE',
    pendingMs: 0,
    clearMs,
    advice: 'stop promoting, and find what the feature service computes differently',
    evidenceOf: ({ parityMismatches, parityExample }) => ({ parityMismatches, parityExample }),
    judge: (evidence) =>
      counted(evidence, 'parityMismatches', 'every audited answer must be equal', exact),
    message: ({ parityMismatches, parityExample }) =>
      `${parityMismatches} audited answers were served with features that differ from their recomputation (first: ${parityExample}); stop promoting and look at the feature service`,
  },
  {
    rule: 'answer-parity',
    title: 'the feature service answered wrong values',
    severity: 'PAGE',
    pendingMs: 0,
    clearMs,
    advice: 'stop promoting, and explain a value event by event with `mlmesh features diff`',
    evidenceOf: ({ answerMismatches, answerExample }) => ({ answerMismatches, answerExample }),
    judge: (evidence) =>
      counted(evidence, 'answerMismatches', 'every audited value must be equal', exact),
    message: ({ answerMismatches, answerExample }) =>
      `${answerMismatches} values that the feature service answered with differ from their recomputation (${answerExample}); stop promoting, and explain one with \`mlmesh features diff\``,
  },
  {
    rule: 'degraded-answers',
    title: 'too many answers are degraded',
    severity: 'PAGE',
    pendingMs: 0,
    clearMs,
    advice: 'look at the prediction service, and roll back if a release caused it',
    evidenceOf: ({ recentAnswers, recentDegradedShare }) => ({
      recentAnswers,
      recentDegradedShare,
    }),
    judge: judgeDegraded,
    message: ({ recentDegradedShare, recentAnswers }) =>
      `${percent(recentDegradedShare)} of the last ${recentAnswers} answers came from the fallback or the rules; look at the prediction service, and roll back if a release caused it`,
  },
  {
    rule: 'shadow-pairs',
    title: 'a shadow leaves requests unanswered',
    severity: 'TICKET',
    pendingMs: 10_000, // a burst that a queue drops once is no alert
    clearMs,
    advice: 'look at what its answers fail with, and compare again when it keeps up',
    evidenceOf: ({ shadowExpected, shadowPairs }) => ({ shadowExpected, shadowPairs }),
    judge: judgePairs,
    message: ({ shadowExpected, shadowPairs }) =>
      `only ${shadowPairs} of ${shadowExpected} predictions of the last ten minutes have an answer of the shadow; a comparison on those would flatter it`,
  },
];

/** The rule on what the log of predictions lacks, over all models. */
export const droppedRule: AlertRule = {
  rule: 'dropped-records',
  title: 'predictions are missing in the log',
  severity: 'TICKET',
  pendingMs: 0,
  clearMs,
  advice: 'see whether the monitor keeps up, and leave the gap out of what you compare',
  judge: (evidence) =>
    counted(evidence, 'droppedRecords', 'none may be lost', 'routers count what they drop'),
};

/** Gives the alert of records that routers dropped lately. */
export function droppedAlerts(droppedRecords: number): readonly FiringAlert[] {
  const { rule, severity, judge } = droppedRule;
  const evidence = { droppedRecords };
  if (!judge(evidence).isFiring) return [];
  const message = `routers dropped ${droppedRecords} records since the monitor did not keep up; figures lack them`;
  return [{ rule, model: '', subject: '', severity, message, evidence }];
}

/** Gives the alerts that fire for these inputs. */
export function firingAlerts(inputs: AlertInputs): readonly FiringAlert[] {
  return figureRules.flatMap(({ rule, severity, evidenceOf, judge, message }) => {
    const evidence = evidenceOf(inputs);
    if (!judge(evidence).isFiring) return [];
    return [
      { rule, model: inputs.model, subject: '', severity, message: message(inputs), evidence },
    ];
  });
}

function counted(
  evidence: AlertEvidence,
  name: string,
  against: string,
  certainty: string,
): AlertJudgement {
  const count = numberAt(evidence, name);
  const example = textAt(evidence, name.replace(/Mismatches$/, 'Example'));
  return {
    isFiring: count > 0,
    figures: { [name]: count },
    against: example === '' ? against : `${against} (one that is not: ${example})`,
    certainty,
  };
}

function judgeDegraded(evidence: AlertEvidence): AlertJudgement {
  const answers = numberAt(evidence, 'recentAnswers');
  const recentDegradedShare = numberAt(evidence, 'recentDegradedShare');
  const degraded = Math.round(answers * recentDegradedShare);
  const shareLower = answers > 0 ? 1 - shareUpper(answers - degraded, answers) : 0;
  return {
    isFiring: answers >= answersMin && recentDegradedShare > degradedShareMax,
    figures: { recentDegradedShare, degraded, degradedShareMax, shareLower },
    against: `${degraded} of the last ${answers} answers are degraded, and at most ${percent(degradedShareMax)} are allowed`,
    certainty: `the true share is at least ${percent(shareLower)} (one-sided 95 % bound of Clopper and Pearson)`,
  };
}

function judgePairs(evidence: AlertEvidence): AlertJudgement {
  const expected = numberAt(evidence, 'shadowExpected');
  const pairs = numberAt(evidence, 'shadowPairs');
  const pairShare = expected > 0 ? pairs / expected : 0;
  return {
    isFiring: expected >= answersMin && pairs < pairShareMin * expected,
    figures: { pairShare, pairShareMin },
    against: `${percent(pairShare)} of the requests of ten minutes have an answer of the shadow, and at least ${percent(pairShareMin)} must`,
    certainty: 'all requests of these ten minutes are counted, none is estimated',
  };
}
