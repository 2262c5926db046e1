import { formatCount } from '../format.ts';
import type { Finding } from './finding.ts';

/** What an audit of answers found. */
export interface AuditedAnswers {
  readonly answers: number;
  /** Values of exact features that were compared. */
  readonly cells: number;
  readonly mismatches: number;
}

/** So many answers without a mismatch bound its rate by one in a thousand, at 95 %: the rule of three. */
export const answersMin = 3_000;

/** Judges an audit: one mismatch fails; where too little was compared, or nothing, it says nothing. */
export function judgeParity({
  answers,
  cells,
  mismatches,
}: AuditedAnswers): Pick<Finding, 'verdict' | 'statement'> {
  const found = `${formatCount(mismatches)} mismatches in ${formatCount(cells)} values of ${formatCount(answers)} answers`;
  if (mismatches > 0) return { verdict: 'fail', statement: found };
  if (answers < answersMin) {
    const statement = `${found}; ${formatCount(answersMin)} answers are wanted`;
    return { verdict: 'inconclusive', statement };
  }
  if (cells === 0) {
    return { verdict: 'inconclusive', statement: `${found}: no feature of the set is exact` };
  }
  return { verdict: 'pass', statement: found };
}
