/**
 * Gives p-values adjusted for how many there are, in their order: calling those up to q findings makes a share of at most q of the findings false, in expectation, for
 * tests that are independent or positively dependent. O(n log n). As scipy's `false_discovery_control`.
 * @source Benjamini and Hochberg 1995
 */
export function adjustFalseDiscovery(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index);
  order.sort((left, right) => (pValues[right] ?? 0) - (pValues[left] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 1;
  for (const [position, index] of order.entries()) {
    const rank = pValues.length - position;
    least = Math.min(least, ((pValues[index] ?? 1) * pValues.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}
