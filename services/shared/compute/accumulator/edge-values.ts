import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Accumulator, Contribution } from './accumulator.ts';

/** Which end of an order is kept: the events that came first or last, or the values that are greatest or least. */
export type Edge = 'first' | 'last' | 'greatest' | 'least';

/**
 * The events at one end of an order, nearest to the end first: by (ts, seq), which is unique, or by (value, ts, seq). A commutative
 * monoid: the best of the best of parts are the best of all.
 */
export class EdgeValues implements Accumulator {
  readonly #edge: Edge;
  readonly #rankMax: number;
  readonly #kept: Contribution[] = [];

  /** Keeps `rankMax` events, 1 or more. */
  constructor(edge: Edge, rankMax: number) {
    this.#edge = edge;
    this.#rankMax = rankMax;
  }

  add(event: Contribution): void {
    const kept = this.#kept;
    const last = kept[kept.length - 1];
    if (kept.length === this.#rankMax && last !== undefined && !this.#isBefore(event, last)) return;
    let at = kept.length;
    while (at > 0 && this.#isBefore(event, kept[at - 1] ?? event)) at -= 1;
    kept.splice(at, 0, { x: event.x, y: event.y, ts: event.ts, seq: event.seq });
    if (kept.length > this.#rankMax) kept.pop();
  }

  merge(other: EdgeValues): void {
    for (const event of other.#kept) this.add(event);
  }

  /** Gives the value at a rank, counted from 1; NaN when there are fewer events. */
  at(rank: number): number {
    return this.#kept[rank - 1]?.x ?? Number.NaN;
  }

  encode(into: ByteWriter): void {
    into.unsigned(this.#kept.length);
    for (const { x, ts, seq } of this.#kept) {
      into.signed(ts);
      into.unsigned(seq);
      into.float64(x);
    }
  }

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the bytes end too early. */
  static decode(from: ByteReader, edge: Edge, rankMax: number): EdgeValues {
    const decoded = new EdgeValues(edge, rankMax);
    const count = from.unsigned();
    for (let index = 0; index < count; index += 1) {
      const ts = from.signed();
      const seq = from.unsigned();
      decoded.#kept.push({ x: from.float64(), y: Number.NaN, ts, seq });
    }
    return decoded;
  }

  /** Whether an event is nearer to the end that is kept. */
  #isBefore(left: Contribution, right: Contribution): boolean {
    switch (this.#edge) {
      case 'first':
        return orderOf(left, right) < 0;
      case 'last':
        return orderOf(left, right) > 0;
      case 'greatest':
        return (right.x - left.x || orderOf(left, right)) < 0;
      case 'least':
        return (left.x - right.x || orderOf(left, right)) < 0;
    }
  }
}

function orderOf(left: Contribution, right: Contribution): number {
  return left.ts - right.ts || left.seq - right.seq;
}
