const doubles = new Float64Array(2);
const words = new Uint32Array(doubles.buffer);

/** Two words of a hash. */
export interface HashWords {
  readonly high: number;
  readonly low: number;
}

/**
 * Gives a hash of 64 bits of two doubles, by their bits; NaN as `y` means that there is none. Pinned: it is part of what features
 * mean.
 * @source Appleby, MurmurHash3 (x86, 32 bits), body and finisher, over the four words under two seeds
 */
export function hashPair(x: number, y: number): HashWords {
  doubles[0] = x;
  doubles[1] = Number.isNaN(y) ? 0 : y;
  return { high: murmur(0x9747b28c), low: murmur(0x3c6ef372) };
}

function murmur(seed: number): number {
  let hash = seed;
  for (let index = 0; index < 4; index += 1) {
    let word = Math.imul(words[index] ?? 0, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= 16;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
