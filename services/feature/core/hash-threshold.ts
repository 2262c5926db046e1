import assert from 'node:assert/strict';

/** So many may equal the bound: two ids with one hash are a rarity. */
const equalMax = 64;

/**
 * Finds the `countMax` least of many hashes as they come, in memory of twice as many; each hash comes with a number of the
 * caller's.
 */
export class HashThreshold {
  readonly #countMax: number;
  readonly #hashes: Float64Array;
  readonly #notes: Float64Array;
  #count = 0;
  #bound = Number.POSITIVE_INFINITY;

  /** 0 means all. */
  constructor(countMax: number) {
    this.#countMax = countMax;
    this.#hashes = new Float64Array(2 * countMax + equalMax);
    this.#notes = new Float64Array(2 * countMax + equalMax);
  }

  /** Takes a hash; gives false when it is not among the least, and true when so far it is. */
  offer(hash: number, note: number): boolean {
    if (this.#countMax === 0) return true;
    if (hash > this.#bound) return false;
    if (this.#count === this.#hashes.length) this.#compact();
    if (hash > this.#bound) return false;
    this.#hashes[this.#count] = hash;
    this.#notes[this.#count] = note;
    this.#count += 1;
    return true;
  }

  /** Gives the greatest of the least hashes; infinity while there are not more than `countMax`. */
  bound(): number {
    if (this.#count > this.#countMax) this.#compact();
    return this.#bound;
  }

  /** Calls with the notes of the least hashes; hashes that equal the greatest of them are all among them. */
  eachNote(tell: (note: number) => void): void {
    this.bound();
    for (let index = 0; index < this.#count; index += 1) {
      if ((this.#hashes[index] ?? 0) <= this.#bound) tell(this.#notes[index] ?? 0);
    }
  }

  #compact(): void {
    const sorted = this.#hashes.slice(0, this.#count).sort();
    this.#bound = sorted[this.#countMax - 1] ?? Number.POSITIVE_INFINITY;
    let kept = 0;
    for (let index = 0; index < this.#count; index += 1) {
      // Those that equal the bound stay as long as there is room: which of them count is decided by their ids.
      const hash = this.#hashes[index] ?? 0;
      if (hash > this.#bound) continue;
      this.#hashes[kept] = hash;
      this.#notes[kept] = this.#notes[index] ?? 0;
      kept += 1;
    }
    this.#count = kept;
    assert(kept < this.#hashes.length, 'hashes of 53 bits differ');
  }
}
