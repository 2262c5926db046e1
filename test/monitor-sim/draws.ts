import type { Random } from '../../services/shared/kernel/clock.ts';

/** Gives what draws standard normal numbers. @source Box and Muller 1958 */
export function normalDraws(random: Random): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Draws how many of `trials` succeed, each with chance `share`, by the gaps between successes. O(trials x share). */
export function drawBinomial(random: Random, trials: number, share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return trials;
  const logOthers = Math.log1p(-share);
  let successes = 0;
  for (let at = 0; ; successes += 1) {
    at += Math.floor(Math.log(1 - random.next()) / logOthers) + 1;
    if (at > trials) return successes;
  }
}

/** Gives what draws entities from 0 to `entities` - 1, the k-th as often as 1 / (k + 1): Zipf's law. */
export function zipfDraws(random: Random, entities: number): () => number {
  const below = new Float64Array(entities);
  let sum = 0;
  for (let entity = 0; entity < entities; entity += 1) {
    sum += 1 / (entity + 1);
    below[entity] = sum;
  }
  return () => {
    const wanted = random.next() * sum;
    let [low, high] = [0, entities - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((below[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** Gives the middle of some numbers, at least one. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
