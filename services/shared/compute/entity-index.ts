import type { Accumulator, Contribution } from './accumulator/accumulator.ts';
import type { TotalsOperator } from './accumulator/compiled-aggregate.ts';
import { finishMean, finishStddev, finishSum, finishVariance } from './accumulator/finish.ts';
import { Moments } from './accumulator/moments.ts';
import type { ChunkIndex } from './chunk-index.ts';
import { type CompiledFeature, type CompiledView, eachContribution } from './compiled-view.ts';
import type { Position } from './position.ts';
import type { PrunedBase } from './pruned-base.ts';
import type { PlannedFeature } from './read-plan.ts';

/** Running totals up to this size stay exact when one chunk's totals are added and two of them subtracted. */
const narrowTotalMax = 2 ** 51;

/** Events at positions [begin, end), and what was pruned before them for a window that never forgets. */
export interface EventRange {
  readonly begin: Position;
  readonly end: Position;
  /** Running totals: those at the end from `endFrom` on, those at the begin from `beginFrom` on. */
  readonly totals: Float64Array;
  readonly endFrom: number;
  readonly beginFrom: number;
  readonly pruned: PrunedBase | undefined;
}

/** Answers aggregates over any range of an entity's chunks from running totals, exactly. */
export class EntityIndex {
  readonly #view: CompiledView;
  readonly chunks: ChunkIndex[] = [];
  /** Totals over the chunks before each chunk: [chunks + 1, totalsWidth] row-major. */
  readonly #bases: number[];
  /** Time of the last event of each chunk, side by side: what a search by time looks at. */
  #lastTimes: number[] = [];
  /** For each lane, whether a total might not be exact; ranges are then folded row by row. */
  readonly #isWide: boolean[];
  /** Totals are right for chunks up to this index. */
  #validChunks = 0;
  /** Events of the last chunk when it was looked at last; -1 when it has to be looked at. */
  #lastRows = -1;

  constructor(view: CompiledView) {
    this.#view = view;
    this.#bases = new Array<number>(view.totalsWidth).fill(0);
    this.#isWide = view.lanes.map(() => false);
  }

  /** Says that a chunk's events have changed, or that chunks from this index on have moved. */
  changedFrom(chunkIndex: number): void {
    this.#validChunks = Math.min(this.#validChunks, chunkIndex);
    this.#lastRows = -1;
  }

  /** Brings all totals up to date. O(what changed). */
  refresh(): void {
    const last = this.chunks.length - 1;
    const lastRows = this.chunks[last]?.chunk.rows ?? -1;
    if (this.#validChunks === last && lastRows === this.#lastRows) return;
    for (let index = this.#validChunks; index < this.chunks.length; index += 1) {
      const chunk = this.chunks[index];
      if (chunk === undefined) continue;
      chunk.refresh();
      this.#addChunk(chunk, index);
    }
    this.#lastTimes.length = this.chunks.length;
    // The last chunk is the one that grows, which its number of events shows: it is looked at again then.
    this.#validChunks = Math.max(0, last);
    this.#lastRows = lastRows;
  }

  /** Gives the position of the first event with ts at or after `bound`. O(log events). Totals have to be fresh. */
  locate(bound: number): Position {
    const times = this.#lastTimes;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? Number.POSITIVE_INFINITY) < bound) low = middle + 1;
      else high = middle;
    }
    return { chunk: low, row: this.chunks[low]?.chunk.countBefore(bound) ?? 0 };
  }

  /** Gives ts of the event before a position; negative infinity when there is none. */
  tsBefore(position: Position): number {
    if (position.row > 0) {
      return this.chunks[position.chunk]?.chunk.ts[position.row - 1] ?? Number.NEGATIVE_INFINITY;
    }
    return this.chunks[position.chunk - 1]?.chunk.lastTs() ?? Number.NEGATIVE_INFINITY;
  }

  /** Copies the totals of all lanes before a position to [offset, offset + totalsWidth). Totals have to be fresh. */
  totalsBefore({ chunk, row }: Position, into: Float64Array, offset: number): void {
    const width = this.#view.totalsWidth;
    const within = this.chunks[chunk]?.totals;
    const bases = this.#bases;
    const baseFrom = chunk * width;
    const rowFrom = row * width;
    for (let column = 0; column < width; column += 1) {
      into[offset + column] = (bases[baseFrom + column] ?? 0) + (within?.[rowFrom + column] ?? 0);
    }
  }

  /** Gives the aggregate of a feature; NaN when there is nothing to compute from. Totals have to be fresh. */
  aggregate(planned: PlannedFeature, range: EventRange): number {
    const { aggregate, laneIndex } = planned.feature;
    switch (aggregate.method) {
      case 'totals':
        return this.#fromTotals(planned, aggregate, range);
      case 'extremes': {
        if (this.#count(planned, range) === 0) return Number.NaN;
        const found =
          aggregate.operator === 'min' ? this.#min(laneIndex, range) : this.#max(laneIndex, range);
        return found / aggregate.unit;
      }
      case 'group':
      case 'monoid': {
        const accumulator = aggregate.kind.create();
        this.#accumulate(planned.feature, range, accumulator);
        return aggregate.kind.finish(accumulator);
      }
      case 'fold': {
        const fold = aggregate.create();
        this.#each(laneIndex, range, (event) => fold.add(event));
        return fold.value();
      }
    }
  }

  #count({ feature, lane }: PlannedFeature, range: EventRange): number {
    const before = range.pruned?.lanes[feature.laneIndex]?.moments.count ?? 0;
    return difference(range, lane.countColumn) + before;
  }

  #fromTotals(
    planned: PlannedFeature,
    { operator, unit }: { readonly operator: TotalsOperator; readonly unit: number },
    range: EventRange,
  ): number {
    const count = this.#count(planned, range);
    const { feature, lane } = planned;
    if (operator === 'count') return count;
    if (range.pruned !== undefined || this.#isWide[feature.laneIndex] !== false) {
      const { sum, squares } = this.#moments(feature.laneIndex, range);
      const sums = { sum: sum.toBigInt(), squares: squares.toBigInt(), unit };
      return finish(operator, count, sums);
    }
    const squares = lane.hasSquares ? difference(range, lane.squaresColumn) : 0;
    return finish(operator, count, { sum: difference(range, lane.sumColumn), squares, unit });
  }

  /** The slow way, for sums that leave the range in which differences of totals are exact. O(events of the range). */
  #moments(lane: number, range: EventRange): Moments {
    const moments = new Moments();
    const base = range.pruned?.lanes[lane];
    if (base !== undefined) moments.merge(base.moments);
    this.#each(lane, range, ({ x }) => moments.add(x));
    return moments;
  }

  /** Whole chunks answer by their accumulators, those at the edges row by row. */
  #accumulate(
    { laneIndex, accumulatorIndex }: CompiledFeature,
    { begin, end, pruned }: EventRange,
    into: Accumulator,
  ): void {
    const base = pruned?.accumulators[accumulatorIndex];
    if (base !== undefined) into.merge(base);
    const add = (event: Contribution): void => into.add(event);
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const isWhole = from === 0 && chunk < end.chunk;
      const whole = isWhole ? this.chunks[chunk]?.accumulatorAt(accumulatorIndex) : undefined;
      if (whole !== undefined) into.merge(whole);
      else this.#eachRow({ lane: laneIndex, chunk, from, until: this.#untilRow(chunk, end) }, add);
    }
  }

  /** Whole chunks answer by their least values, those at the edges by blocks of rows. O(chunks of the range). */
  #min(lane: number, { begin, end, pruned }: EventRange): number {
    let least = pruned?.lanes[lane]?.extremes.min ?? Number.POSITIVE_INFINITY;
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const known = this.chunks[chunk]?.extremesOf(lane);
      if (known === undefined) continue;
      const from = chunk === begin.chunk ? begin.row : 0;
      const isWhole = from === 0 && chunk < end.chunk;
      const value = isWhole ? known.min : known.minOf(from, this.#untilRow(chunk, end));
      if (value < least) least = value;
    }
    return least;
  }

  /** As {@link #min}. */
  #max(lane: number, { begin, end, pruned }: EventRange): number {
    let greatest = pruned?.lanes[lane]?.extremes.max ?? Number.NEGATIVE_INFINITY;
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const known = this.chunks[chunk]?.extremesOf(lane);
      if (known === undefined) continue;
      const from = chunk === begin.chunk ? begin.row : 0;
      const isWhole = from === 0 && chunk < end.chunk;
      const value = isWhole ? known.max : known.maxOf(from, this.#untilRow(chunk, end));
      if (value > greatest) greatest = value;
    }
    return greatest;
  }

  /** Row of a chunk at which a range ends that reaches into it or beyond. */
  #untilRow(chunk: number, end: Position): number {
    return chunk === end.chunk ? end.row : (this.chunks[chunk]?.chunk.rows ?? 0);
  }

  #each(lane: number, { begin, end }: EventRange, visit: (event: Contribution) => void): void {
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      this.#eachRow({ lane, chunk, from, until: this.#untilRow(chunk, end) }, visit);
    }
  }

  #addChunk(chunk: ChunkIndex, index: number): void {
    const { lanes, totalsWidth } = this.#view;
    const at = index * totalsWidth;
    const last = chunk.chunk.rows * totalsWidth;
    for (let column = 0; column < totalsWidth; column += 1) {
      this.#bases[at + totalsWidth + column] =
        (this.#bases[at + column] ?? 0) + (chunk.totals[last + column] ?? 0);
    }
    this.#lastTimes[index] = chunk.chunk.lastTs();
    lanes.forEach(({ hasSum, hasSquares, sumColumn, squaresColumn }, lane) => {
      const total = (column: number): number => this.#bases[at + totalsWidth + column] ?? 0;
      const isWide =
        chunk.isWide(lane) ||
        (hasSum && Math.abs(total(sumColumn)) > narrowTotalMax) ||
        (hasSquares && total(squaresColumn) > narrowTotalMax);
      if (isWide) this.#isWide[lane] = true;
    });
  }

  #eachRow({ lane, chunk, from, until }: ChunkRows, visit: (event: Contribution) => void): void {
    const rows = this.chunks[chunk]?.chunk;
    const compiled = this.#view.lanes[lane];
    if (rows === undefined || compiled === undefined) return;
    const { columns, ts, seq } = rows;
    eachContribution(compiled, { columns, ts, seq, from, until }, visit);
  }
}

/** Rows [from, until) of one chunk, through one lane. */
interface ChunkRows {
  readonly lane: number;
  readonly chunk: number;
  readonly from: number;
  readonly until: number;
}

function difference({ totals, endFrom, beginFrom }: EventRange, column: number): number {
  return (totals[endFrom + column] ?? 0) - (totals[beginFrom + column] ?? 0);
}

interface Sums {
  readonly sum: number | bigint;
  readonly squares: number | bigint;
  readonly unit: number;
}

function finish(operator: Exclude<TotalsOperator, 'count'>, count: number, sums: Sums): number {
  switch (operator) {
    case 'sum':
      return finishSum(sums.sum, sums.unit);
    case 'mean':
    case 'rate':
      return finishMean(count, sums.sum, sums.unit);
    case 'variance':
      return finishVariance(count, sums.sum, sums);
    case 'stddev':
      return finishStddev(count, sums.sum, sums);
  }
}
