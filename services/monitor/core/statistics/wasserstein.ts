import { totalCount } from '../../../shared/compute/profile-bins.ts';

/**
 * Gives the Wasserstein-1 distance of two counts over the same bins, in the unit of the values: how far an average value has to move. Each bin's mass stands in its
 * middle, so it is right to half of a bin, and what is beyond the outermost edges counts as in the outermost bins. Divided by the reference's standard deviation it
 * compares columns. 0 when one of them is empty. As scipy's `wasserstein_distance` of the middles, weighted by the counts.
 */
export function binnedWasserstein(
  edges: readonly number[],
  reference: Uint32Array,
  counts: Uint32Array,
): number {
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0) return 0;
  let [left, right, distance] = [0, 0, 0];
  for (let bin = 0; bin + 1 < reference.length; bin += 1) {
    left += reference[bin] ?? 0;
    right += counts[bin] ?? 0;
    const width = middleOf(edges, bin + 1) - middleOf(edges, bin);
    distance += Math.abs(left / referenceRows - right / rows) * width;
  }
  return distance;
}

function middleOf(edges: readonly number[], bin: number): number {
  return ((edges[bin] ?? 0) + (edges[bin + 1] ?? 0)) / 2;
}
