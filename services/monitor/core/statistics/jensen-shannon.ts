import { totalCount } from '../../../shared/compute/profile-bins.ts';

/**
 * Gives the Jensen-Shannon distance of two counts over the same bins: the root of the divergence in bits, so 0 (equal shares) to 1 (nothing in common). 0 when one
 * of them is empty. Empty bins need no smoothing. As scipy's `jensenshannon(p, q, base=2)`.
 * @source Lin 1991; Endres and Schindelin 2003
 */
export function jensenShannonDistance(reference: Uint32Array, counts: Uint32Array): number {
  const [referenceRows, rows] = [totalCount(reference), totalCount(counts)];
  if (referenceRows === 0 || rows === 0) return 0;
  let divergence = 0;
  for (const [bin, count] of reference.entries()) {
    const left = count / referenceRows;
    const right = (counts[bin] ?? 0) / rows;
    const middle = (left + right) / 2;
    divergence += relative(left, middle) + relative(right, middle);
  }
  return Math.sqrt(Math.max(0, divergence / (2 * Math.LN2)));
}

function relative(share: number, middle: number): number {
  return share === 0 ? 0 : share * Math.log(share / middle);
}
