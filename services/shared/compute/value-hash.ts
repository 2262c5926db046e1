/**
 * Gives a hash of 64 bits for each row of feature values and their statuses, as 8 bytes a row: what an answer is stamped
 * with, so that two parties can tell by a glance whether they hold the same bits. Not cryptographic. About 0.2 µs for a
 * row of 16.
 *
 * `values` are [rows, columns] row-major, `statuses` beside them. The hash is taken over the little-endian bits of a row's
 * values in order, then its statuses, four to a word.
 *
 * @source MurmurHash3_x86_128, Austin Appleby, public domain, in two lanes rather than four:
 * https://github.com/aappleby/smhasher/blob/0ff96f7835817a27d0487325b6c16033e2992eb5/src/MurmurHash3.cpp
 */
export function valueHashes(
  rows: number,
  values: Float64Array,
  statuses: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const hashes = new Uint32Array(rows * 2);
  if (rows === 0) return new Uint8Array(hashes.buffer);
  const columns = statuses.length / rows;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let row = 0; row < rows; row += 1) {
    hashRow({ words, statuses, columns, row }, hashes);
  }
  return new Uint8Array(hashes.buffer);
}

/** Gives a row's hash as 16 hexadecimal digits, for people. */
export function hashText(hashes: Uint8Array, row: number): string {
  return Array.from(hashes.subarray(row * 8, row * 8 + 8), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

interface RowToHash {
  readonly words: Uint32Array;
  readonly statuses: Uint8Array;
  readonly columns: number;
  readonly row: number;
}

function hashRow({ words, statuses, columns, row }: RowToHash, hashes: Uint32Array): void {
  let first = columns;
  let second = ~columns;
  const end = (row + 1) * columns * 2;
  for (let at = row * columns * 2; at < end; at += 2) {
    first = (mixFirst(first, words[at] ?? 0) + second) | 0;
    second = (mixSecond(second, words[at + 1] ?? 0) + first) | 0;
  }
  for (let column = 0; column < columns; column += 4) {
    const word = statusWord(statuses, row * columns + column, Math.min(4, columns - column));
    first = (mixFirst(first, word) + second) | 0;
    second = (mixSecond(second, column) + first) | 0;
  }
  first = finished(first + second);
  second = finished(second + first);
  hashes[row * 2] = first + second;
  hashes[row * 2 + 1] = second;
}

function statusWord(statuses: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let index = 0; index < count; index += 1) {
    word |= (statuses[at + index] ?? 0) << (index * 8);
  }
  return word;
}

function mixFirst(hash: number, word: number): number {
  let key = Math.imul(word, 0x239b961b);
  key = Math.imul((key << 15) | (key >>> 17), 0xab0e9789);
  const mixed = hash ^ key;
  return Math.imul((mixed << 19) | (mixed >>> 13), 5) + 0x561ccd1b;
}

function mixSecond(hash: number, word: number): number {
  let key = Math.imul(word, 0xab0e9789);
  key = Math.imul((key << 16) | (key >>> 16), 0x38b34ae5);
  const mixed = hash ^ key;
  return Math.imul((mixed << 17) | (mixed >>> 15), 5) + 0x0bcaa747;
}

function finished(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
