import type { EventTable } from './event-table.ts';

/**
 * Gives the rows of the examples that a training set takes: all, or the `rowsMax` with the least hash of (seed, event id).
 * So the choice depends on neither the order nor the number of the others that came along, and a larger set holds every
 * smaller one. Ascending.
 */
export function chooseExamples(
  candidates: Uint32Array,
  examples: EventTable,
  { rowsMax, seed }: { readonly rowsMax: number; readonly seed: number },
): Uint32Array {
  if (rowsMax <= 0 || candidates.length <= rowsMax) return candidates;
  const hashes = Float64Array.from(candidates, (row) => sampleHash(examples.ids[row] ?? '', seed));
  const threshold = hashes.slice().sort()[rowsMax - 1] ?? 0;
  const below = candidates.filter((_, index) => (hashes[index] ?? 0) < threshold);
  // Two ids with one hash are told apart by their texts.
  const ties = [...candidates.filter((_, index) => hashes[index] === threshold)]
    .sort((left, right) => compareIds(examples, left, right))
    .slice(0, rowsMax - below.length);
  return Uint32Array.from([...below, ...ties]).sort();
}

/** Compares the event ids of two rows by UTF-16 code units. */
export function compareIds(examples: EventTable, left: number, right: number): number {
  const leftId = examples.ids[left] ?? '';
  const rightId = examples.ids[right] ?? '';
  if (leftId === rightId) return 0;
  return leftId < rightId ? -1 : 1;
}

/** Gives a hash of 53 bits of an id under a seed. @source FNV-1a, finished as murmur3 does (fmix32), twice */
export function sampleHash(id: string, seed: number): number {
  let high = mixed(seed ^ 0x9e3779b9);
  let low = mixed(seed);
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
  }
  return (mixed(high) >>> 11) * 4_294_967_296 + mixed(low);
}

function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
