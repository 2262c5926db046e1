import { Extremes } from './accumulator/extremes.ts';
import type { CompiledLane, CompiledView } from './compiled-view.ts';
import type { EventChunk } from './event-chunk.ts';

/** A chunk of at most 512 values up to this size sums to at most 2^51. */
const narrowValueMax = 2 ** 42;

/** Running totals of one lane within one chunk: entry `row` covers the rows before it. */
export class LaneIndex {
  counts = new Uint16Array(1);
  sums = new Float64Array(1);
  squares = new Float64Array(1);
  /** Over all rows of the chunk. */
  extremes = new Extremes();
  /** Whether a value is so large that the running totals might not be exact; whoever reads then has to fold the rows. */
  isWide: boolean = false;

  /** Brings the totals of rows [from, until) up to date; those before have to be. */
  extend(chunk: EventChunk, lane: CompiledLane, from: number, until: number): void {
    this.#reserve(lane, chunk.ts.length + 1);
    for (let row = from; row < until; row += 1) {
      const value = lane.evaluate(chunk.columns, row);
      if (Number.isNaN(value)) this.#carry(row);
      else this.#count(lane, row, value);
    }
  }

  /** The event of this row does not count. */
  #carry(row: number): void {
    this.counts[row + 1] = this.counts[row] ?? 0;
    // Where a lane has no sums, the arrays have one entry and writes beyond it are dropped.
    this.sums[row + 1] = this.sums[row] ?? 0;
    this.squares[row + 1] = this.squares[row] ?? 0;
  }

  #count(lane: CompiledLane, row: number, value: number): void {
    this.counts[row + 1] = (this.counts[row] ?? 0) + 1;
    if (lane.hasSum) this.sums[row + 1] = (this.sums[row] ?? 0) + value;
    if (lane.hasSquares) this.squares[row + 1] = (this.squares[row] ?? 0) + value * value;
    this.#observe(lane, value);
  }

  #observe(lane: CompiledLane, value: number): void {
    if (lane.hasExtremes) this.extremes.add(value);
    // Squares need no such check: they only grow, so that the total of the chunk tells.
    if (lane.hasSum && Math.abs(value) > narrowValueMax) this.isWide = true;
  }

  #reserve(lane: CompiledLane, entries: number): void {
    if (this.counts.length >= entries) return;
    const counts = new Uint16Array(entries);
    counts.set(this.counts);
    this.counts = counts;
    if (lane.hasSum) this.sums = grown(this.sums, entries);
    if (lane.hasSquares) this.squares = grown(this.squares, entries);
  }
}

/** Running totals of all lanes within one chunk, brought up to date when they are read. */
export class ChunkIndex {
  readonly chunk: EventChunk;
  readonly #view: CompiledView;
  readonly lanes: LaneIndex[];
  #indexedRows = 0;

  constructor(chunk: EventChunk, view: CompiledView) {
    this.chunk = chunk;
    this.#view = view;
    this.lanes = view.lanes.map(() => new LaneIndex());
  }

  /** Says that rows from this one on have moved. An append leaves the rest as it is. */
  changedFrom(row: number): void {
    if (row >= this.#indexedRows) return;
    this.#indexedRows = 0;
    this.#view.lanes.forEach((_, index) => {
      this.lanes[index] = new LaneIndex();
    });
  }

  /** Brings the totals up to date. O(rows since the last time). */
  refresh(): void {
    const { rows } = this.chunk;
    if (rows === this.#indexedRows) return;
    this.#view.lanes.forEach((lane, index) => {
      this.lanes[index]?.extend(this.chunk, lane, this.#indexedRows, rows);
    });
    this.#indexedRows = rows;
  }
}

function grown(values: Float64Array, entries: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(entries);
  copy.set(values);
  return copy;
}
