import {
  type MeanEstimate,
  meanAbovePValue,
  meanBelowPValue,
  type SequencePolicy,
} from '../statistics/confidence-sequence.ts';

/** What a version brought to the business, as far as a guard asks: sums that its p-value follows from. */
export interface BusinessEvidence {
  /** Lift per request over the control cohort of the same time. */
  readonly lift: MeanEstimate;
  /** That of the version before, over the control cohort of its own time; absent where control is served by that version. */
  readonly before?: MeanEstimate;
  /** Chance, over all looks together, that the bounds which people are told are ever wrong. */
  readonly alpha: number;
  /** Requests at which the bounds are tightest. */
  readonly countPlanned: number;
  /** Loss per request that is tolerated, 0 or more. */
  readonly margin: number;
  /** What went with it, for people; empty where it brings no less than control. */
  readonly explanation: string;
}

/**
 * Gives the anytime-valid p-value, 0 to 1, of "going back would not bring more": that the version loses no more than the margin against control, or that the version before did as badly against its own. Both have
 * to be refuted, so the larger counts: a model that never earned what the rules earn is no reason to go back to its predecessor.
 */
export function businessHarmPValue(
  { lift, before, countPlanned, margin }: BusinessEvidence,
  alpha: number,
): number {
  const againstControl = meanBelowPValue(lift, -margin, { alpha, countPlanned });
  if (before === undefined) return againstControl;
  const halved = { alpha: alpha / 2, countPlanned };
  return Math.max(againstControl, fallPValue(lift, before, margin, halved));
}

// 50: halvings of an interval, to the precision of a double.
const halvings = 50;

/**
 * Gives the p-value of "the lift is not below that of before by more than the margin": twice the least level at which bounds of both, each right at all looks at once, leave a gap of the margin between
 * them. Both are sequences of their own, so they may be looked at at any time.
 */
function fallPValue(
  lift: MeanEstimate,
  before: MeanEstimate,
  margin: number,
  policy: SequencePolicy,
): number {
  let [low, high] = [lift.mean, before.mean - margin];
  if (high <= low) return 1;
  let larger = 1;
  for (let turn = 0; turn < halvings; turn += 1) {
    const between = (low + high) / 2;
    const below = meanBelowPValue(lift, between, policy);
    const above = meanAbovePValue(before, between + margin, policy);
    larger = Math.max(below, above);
    if (below > above) low = between;
    else high = between;
  }
  return Math.min(1, 2 * larger);
}
