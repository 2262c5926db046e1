/**
 * Gives a number in [0, 1) that depends on the salt and the keys alone, so that one entity gets the same number in every process.
 * @source FNV-1a, 32 bits, with the finaliser of MurmurHash3, since FNV's high bits are weak for short keys
 */
export function hashPoint(salt: string, keys: readonly string[]): number {
  let hash = 0x811c9dc5;
  const text = `${salt}\u001f${keys.join('\u001f')}`;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
