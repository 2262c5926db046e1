import type { AlertEvidence, Severity } from './alert-source.ts';

/** What a rule decides from the evidence of an alert. */
export interface AlertJudgement {
  readonly isFiring: boolean;
  /** What the rule computed. Where the evidence has a figure of the same name, that was computed when the alert was found. */
  readonly figures: AlertEvidence;
  /** What was held against what, as a clause, such as `at most 5 % are allowed`. */
  readonly against: string;
  /** How sure that is, as a clause, such as `no chance is involved: ...`. */
  readonly certainty: string;
}

/** A rule of alerts. What its source finds is decided again by {@link AlertRule.judge} whenever somebody asks why. */
export interface AlertRule {
  /** Stable name, in kebab-case; its runbook is `deploy/runbooks/<rule>.md`. */
  readonly rule: string;
  /** What it says when it fires, in a few words. */
  readonly title: string;
  readonly severity: Severity;
  /** Ms for which its cause must be found, without a gap of {@link AlertRule.clearMs}, before it fires; 0 fires at once. */
  readonly pendingMs: number;
  /** Ms for which its cause must be gone before it is over: one that comes and goes is one alert. */
  readonly clearMs: number;
  /** What to do, as a sentence without its full stop. */
  readonly advice: string;
  /** Decides from the evidence of an alert alone, the same each time. */
  readonly judge: (evidence: AlertEvidence) => AlertJudgement;
}

/** Gives a number of the evidence; NaN where it has none of that name, which no rule fires for. */
export function numberAt(evidence: AlertEvidence, name: string): number {
  const value = evidence[name];
  return typeof value === 'number' ? value : Number.NaN;
}

/** Gives a text of the evidence; empty where it has none of that name. */
export function textAt(evidence: AlertEvidence, name: string): string {
  const value = evidence[name];
  return typeof value === 'string' ? value : '';
}

/** Gives the path of a rule's runbook within the package. */
export function runbookOf(rule: string): string {
  return `deploy/runbooks/${rule}.md`;
}
