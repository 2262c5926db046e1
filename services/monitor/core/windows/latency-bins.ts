/** Bins of latencies: eight for each doubling from a 16th of a millisecond to 65 s, so that any quantile is within 9 %. Counts of bins add up. */
export const latencyBins = 160;

const perDoubling = 8;
const leastMs = 1 / 16;

/** Gives the bin of a latency; what is below the first or above the last one is in it. */
export function latencyBin(latencyMs: number): number {
  if (!(latencyMs > leastMs)) return 0;
  return Math.min(latencyBins - 1, Math.floor(perDoubling * Math.log2(latencyMs / leastMs)));
}

/** Gives a quantile in milliseconds, as the middle of its bin, for a share of 0 to 1; undefined where nothing was counted. O(bins). */
export function latencyQuantile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  const bin = counts.findIndex((count) => {
    seen += count;
    return seen >= wanted;
  });
  return leastMs * 2 ** ((bin + 0.5) / perDoubling);
}
