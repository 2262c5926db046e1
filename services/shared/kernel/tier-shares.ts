/** Answers of one tier. */
export interface TierAnswers {
  readonly count: number;
  /** Of the last minute. */
  readonly recentCount: number;
}

/** Gives the share of each tier, 0 to 1: of the answers of the last minute, or of all while nobody has asked within it. */
export function tierShares(tiers: readonly TierAnswers[]): readonly number[] {
  const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const recent = tiers.map(({ recentCount }) => recentCount);
  const counts = sumOf(recent) > 0 ? recent : tiers.map(({ count }) => count);
  const all = sumOf(counts);
  return counts.map((count) => (all === 0 ? 0 : count / all));
}
