/** Hashes whose first four bytes and index one number holds exactly: 32 and 21 of its 53 bits. */
const exactMax = 2 ** 21;

/**
 * Gives the indexes of hashes, of a byte a character, in the order of how they begin: by their first four bytes, by fewer where
 * there are more than 2 million of them; hashes that begin alike stay in their order. Numbers are sorted many times as fast as texts.
 */
export function hashOrder(hashes: readonly string[]): Float64Array {
  const count = hashes.length;
  const step = Math.max(1, count / exactMax);
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    keys[index] = Math.floor(beginningOf(hashes[index] ?? '') / step) * count + index;
  }
  keys.sort();
  for (let at = 0; at < count; at += 1) keys[at] = (keys[at] ?? 0) % count;
  return keys;
}

function beginningOf(hash: string): number {
  const high = (hash.charCodeAt(0) << 8) | hash.charCodeAt(1);
  const low = (hash.charCodeAt(2) << 8) | hash.charCodeAt(3);
  return high * 65_536 + low;
}
