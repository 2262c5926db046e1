import type { Accumulator } from './accumulator/accumulator.ts';
import { BlockExtremes } from './block-extremes.ts';
import { type CompiledLane, type CompiledView, eachContribution } from './compiled-view.ts';
import { chunkRowsMax, type EventChunk } from './event-chunk.ts';

/** A chunk of at most 512 values up to this size sums to at most 2^51. */
const narrowValueMax = 2 ** 42;

/**
 * Running totals of all lanes within one chunk, brought up to date when they are read. The totals of all lanes before a
 * row stand side by side: whoever reads at one place needs most of them.
 */
export class ChunkIndex {
  readonly chunk: EventChunk;
  /**
   * [rows + 1, totalsWidth] row-major, in the columns that the lanes name: sums in row `row` cover the rows before it,
   * extremes that row and those after it.
   */
  totals: Float64Array;
  readonly #view: CompiledView;
  /** Over all rows of the chunk, one for each lane; undefined where no feature asks. */
  #extremes: (BlockExtremes | undefined)[] = [];
  /** For each lane, whether a value is so large that the totals might not be exact; whoever reads folds the rows then. */
  #isWide: boolean[] = [];
  /** Of the whole chunk, by index of the view's accumulators; made when they are asked for. */
  readonly #accumulators: WholeChunk[] = [];
  #indexedRows = 0;

  constructor(chunk: EventChunk, view: CompiledView) {
    this.chunk = chunk;
    this.#view = view;
    this.totals = new Float64Array(view.totalsWidth);
    this.#forget();
  }

  /** Gives the least and greatest values of a lane that has extremes. */
  extremesOf(lane: number): BlockExtremes | undefined {
    return this.#extremes[lane];
  }

  isWide(lane: number): boolean {
    return this.#isWide[lane] === true;
  }

  /** Says that rows from this one on have moved. An append leaves the rest as it is. */
  changedFrom(row: number): void {
    if (this.#accumulators.some((whole) => row < whole.rows)) this.#accumulators.length = 0;
    if (row < this.#indexedRows) this.#forget();
  }

  /** Brings the totals up to date. O(rows since the last time). */
  refresh(): void {
    const { rows, ts } = this.chunk;
    if (rows === this.#indexedRows) return;
    // A chunk that was read from the store is full as it is; one that grows will be.
    this.#reserve(Math.min(chunkRowsMax, ts.length) + 1);
    for (const extremes of this.#extremes) extremes?.reserve(rows);
    for (let row = this.#indexedRows; row < rows; row += 1) this.#addRow(row);
    for (let lane = 0; lane < this.#extremes.length; lane += 1) this.#extendBack(lane, rows);
    this.#indexedRows = rows;
  }

  /** Gives an accumulator over all rows; whoever asks must not change it. O(rows since the last time). */
  accumulatorAt(index: number): Accumulator | undefined {
    const spec = this.#view.accumulators[index];
    const lane = this.#view.lanes[spec?.laneIndex ?? 0];
    if (spec === undefined || lane === undefined) return undefined;
    this.#accumulators[index] ??= { accumulator: spec.kind.create(), rows: 0 };
    const whole = this.#accumulators[index];
    const { columns, ts, seq, rows } = this.chunk;
    if (whole.rows < rows) {
      const range = { columns, ts, seq, from: whole.rows, until: rows };
      eachContribution(lane, range, (event) => whole.accumulator.add(event));
      whole.rows = rows;
    }
    return whole.accumulator;
  }

  #addRow(row: number): void {
    const { lanes, sumsWidth, totalsWidth } = this.#view;
    const { totals, chunk } = this;
    const before = row * totalsWidth;
    const next = before + totalsWidth;
    for (let column = 0; column < sumsWidth; column += 1) {
      totals[next + column] = totals[before + column] ?? 0;
    }
    for (let index = 0; index < lanes.length; index += 1) {
      const lane = lanes[index];
      if (lane === undefined) continue;
      const value = lane.evaluate(chunk.columns, row);
      if (Number.isNaN(value)) continue;
      this.#count(lane, next, value);
      this.#extremes[index]?.add(row, value);
      // Squares need no such check: they only grow, so that the total of the chunk tells.
      if (lane.hasSum && Math.abs(value) > narrowValueMax) this.#isWide[index] = true;
    }
  }

  #count(lane: CompiledLane, at: number, value: number): void {
    const { totals } = this;
    totals[at + lane.countColumn] = (totals[at + lane.countColumn] ?? 0) + 1;
    if (lane.hasSum) {
      totals[at + lane.sumColumn] = (totals[at + lane.sumColumn] ?? 0) + value;
    }
    if (lane.hasSquares) {
      totals[at + lane.squaresColumn] = (totals[at + lane.squaresColumn] ?? 0) + value * value;
    }
  }

  /** New values change the extremes of the rows before them, back to one from which on there was such a value anyway. */
  #extendBack(laneIndex: number, rows: number): void {
    const extremes = this.#extremes[laneIndex];
    const lane = this.#view.lanes[laneIndex];
    if (extremes === undefined || lane === undefined) return;
    const { totals } = this;
    const { totalsWidth } = this.#view;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let row = rows; row >= 0; row -= 1) {
      const value = extremes.valueAt(row);
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      const at = row * totalsWidth + lane.extremesColumn;
      const isKnown = totals[at] === least && totals[at + 1] === greatest;
      if (isKnown && row < this.#indexedRows) return;
      totals[at] = least;
      totals[at + 1] = greatest;
    }
  }

  #forget(): void {
    this.#indexedRows = 0;
    this.#extremes = this.#view.lanes.map((lane) =>
      lane.hasExtremes ? new BlockExtremes() : undefined,
    );
    this.#isWide = this.#view.lanes.map(() => false);
  }

  #reserve(rows: number): void {
    const cells = rows * this.#view.totalsWidth;
    if (this.totals.length >= cells) return;
    const grown = new Float64Array(cells);
    grown.set(this.totals);
    this.totals = grown;
  }
}

/** An accumulator over the first rows of a chunk. */
interface WholeChunk {
  readonly accumulator: Accumulator;
  rows: number;
}
