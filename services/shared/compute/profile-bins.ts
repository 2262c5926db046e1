/**
 * Bins of a reference profile. Bin k holds the values in (edges[k], edges[k + 1]]; the first one also what is at or below its lower edge, and the
 * last one what is above its upper edge. Counts of bins add up, so windows of several machines merge by adding.
 */

/** Gives edges between which values have about equal counts: at most `binsMax` + 1, strictly ascending; none for no values. */
export function quantileEdges(sorted: Float64Array, binsMax: number): readonly number[] {
  if (sorted.length === 0) return [];
  const last = sorted.length - 1;
  const quantiles = Array.from(
    { length: binsMax + 1 },
    (_, index) => sorted[Math.round((index * last) / binsMax)] ?? 0,
  );
  const edges = [...new Set(quantiles)];
  // One value alone is a bin without width.
  return edges.length === 1 ? [...edges, ...edges] : edges;
}

/** Counts values by bins. Values have to be numbers. */
export function countBins(edges: readonly number[], values: Float64Array): Uint32Array {
  const counts = new Uint32Array(Math.max(0, edges.length - 1));
  if (counts.length === 0) return counts;
  for (const value of values) {
    const bin = binOf(edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Gives the bin of a number; at least one bin has to be there. Costs a binary search. */
export function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value > (edges[middle + 1] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Gives the largest distance of two cumulative distributions at the edges of their bins, 0 to 1: the Kolmogorov-Smirnov statistic of
 * binned values. 0 when one of them is empty.
 */
export function binnedKs(reference: Uint32Array, counts: Uint32Array): number {
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0) return 0;
  let [left, right, distance] = [0, 0, 0];
  for (let bin = 0; bin < reference.length; bin += 1) {
    left += reference[bin] ?? 0;
    right += counts[bin] ?? 0;
    distance = Math.max(distance, Math.abs(left / referenceRows - right / rows));
  }
  return distance;
}

// 10: the bins of the thresholds that everybody quotes (0.1, 0.25); more of them are noise at some thousand rows.
const stabilityBins = 10;

/**
 * Gives the population stability index of two counts over the same bins, merged to ten of about equal reference counts; nats, 0 or more. Half a
 * row is added to each merged bin, so that an empty one gives no infinity. 0 when one of them is empty.
 */
export function populationStability(reference: Uint32Array, counts: Uint32Array): number {
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0) return 0;
  const [left, right] = mergeBins(reference, counts, referenceRows);
  let stability = 0;
  for (const [bin, count] of left.entries()) {
    const share = (count + 0.5) / (referenceRows + 0.5 * left.length);
    const other = ((right[bin] ?? 0) + 0.5) / (rows + 0.5 * left.length);
    stability += (other - share) * Math.log(other / share);
  }
  return stability;
}

function mergeBins(
  reference: Uint32Array,
  counts: Uint32Array,
  referenceRows: number,
): readonly [readonly number[], readonly number[]] {
  const left: number[] = [];
  const right: number[] = [];
  let seen = 0;
  for (let bin = 0; bin < reference.length; bin += 1) {
    // By the middle of the bin, so that a heavy one falls into the tenth that most of it is in.
    const middle = seen + (reference[bin] ?? 0) / 2;
    const merged = Math.min(
      stabilityBins - 1,
      Math.floor((middle / referenceRows) * stabilityBins),
    );
    left[merged] = (left[merged] ?? 0) + (reference[bin] ?? 0);
    right[merged] = (right[merged] ?? 0) + (counts[bin] ?? 0);
    seen += reference[bin] ?? 0;
  }
  const used = Object.keys(left).map(Number);
  return [used.map((bin) => left[bin] ?? 0), used.map((bin) => right[bin] ?? 0)];
}

/** Gives the sum of counts. */
export function totalCount(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
