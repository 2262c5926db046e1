import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Contribution, GroupAccumulator } from './accumulator.ts';
import { hashPair } from './hash-pair.ts';

/** Bits of the hash beside those that choose the register: ranks are 1 to this plus 1. */
const rankBits = 40;
const rankMax = rankBits + 1;

/** 1 / (2 ln 2). */
const alphaInfinity = 0.7213475204444817;

/**
 * Estimates how many different values there were, with a relative standard error of 1.04 / sqrt(2^precision). Each register counts how often each rank
 * came, so that a value can be taken back; the estimate depends on the greatest ranks only, and uses + - x / and sqrt only, so that it is the
 * same to the bit everywhere. A commutative group.
 * @source Flajolet et al., "HyperLogLog" (2007); Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (arXiv
 * 1702.01284), algorithm 6
 */
export class HyperLogLog implements GroupAccumulator {
  readonly #precision: number;
  /** By register x 64 + rank: how often it came. */
  readonly #counts = new Map<number, number>();

  /** `precision`: 4 to 16. */
  constructor(precision: number) {
    this.#precision = precision;
  }

  add({ x, y }: Contribution): void {
    this.#change(cellOf(x, y, this.#precision), 1);
  }

  remove({ x, y }: Contribution): void {
    this.#change(cellOf(x, y, this.#precision), -1);
  }

  merge(other: HyperLogLog): void {
    for (const [cell, count] of other.#counts) this.#change(cell, count);
  }

  /** Gives the estimate; 0 for none. */
  estimate(): number {
    const greatest = new Map<number, number>();
    for (const cell of this.#counts.keys()) {
      const rank = cell % 64;
      const register = (cell - rank) / 64;
      if (rank > (greatest.get(register) ?? 0)) greatest.set(register, rank);
    }
    return estimateDistinct([...greatest.values()], this.#precision);
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.#counts.size);
    for (const cell of [...this.#counts.keys()].sort((left, right) => left - right)) {
      into.unsigned(cell);
      into.unsigned(this.#counts.get(cell) ?? 0);
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, precision: number): HyperLogLog {
    const decoded = new HyperLogLog(precision);
    const size = from.unsigned();
    for (let index = 0; index < size; index += 1) {
      const cell = from.unsigned();
      decoded.#change(cell, from.unsigned());
    }
    return decoded;
  }

  #change(cell: number, by: number): void {
    const after = (this.#counts.get(cell) ?? 0) + by;
    if (after === 0) this.#counts.delete(cell);
    else this.#counts.set(cell, after);
  }
}

/** Gives register x 64 + rank of a value. */
function cellOf(x: number, y: number, precision: number): number {
  const { register, rank } = sketchCell(x, y, precision);
  return register * 64 + rank;
}

/** Gives the register that a value falls into and its rank: one more than the zeros at the front of the rest of its hash. */
export function sketchCell(
  x: number,
  y: number,
  precision: number,
): { readonly register: number; readonly rank: number } {
  const { high, low } = hashPair(x, y);
  return { register: high >>> (32 - precision), rank: rankOf(high, low, precision) };
}

/** Gives the estimate from the greatest rank of each register that has one. */
export function estimateDistinct(ranks: readonly number[], precision: number): number {
  if (ranks.length === 0) return 0;
  const registers = 2 ** precision;
  const histogram = new Float64Array(rankMax + 1);
  for (const rank of ranks) histogram[rank] = (histogram[rank] ?? 0) + 1;
  let sum = registers * tau(1 - (histogram[rankMax] ?? 0) / registers);
  for (let rank = rankBits; rank >= 1; rank -= 1) sum = 0.5 * (sum + (histogram[rank] ?? 0));
  sum += registers * sigma((registers - ranks.length) / registers);
  return (alphaInfinity * registers * registers) / sum;
}

/** One more than the zeros at the front of the low word and, after it, of the low bits of the high word. */
function rankOf(high: number, low: number, precision: number): number {
  const zeros = Math.clz32(low);
  if (zeros < 32) return zeros + 1;
  const rest = Math.clz32((high << precision) >>> 0);
  return 33 + Math.min(rest, rankBits - 32);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let scale = 1;
  let sum = share;
  for (;;) {
    power *= power;
    const before = sum;
    sum += power * scale;
    scale += scale;
    if (sum === before) return sum;
  }
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let scale = 1;
  let sum = 1 - share;
  for (;;) {
    root = Math.sqrt(root);
    const before = sum;
    scale *= 0.5;
    sum -= (1 - root) * (1 - root) * scale;
    if (sum === before) return sum / 3;
  }
}
