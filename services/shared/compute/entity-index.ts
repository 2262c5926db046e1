import type { Accumulator, Contribution } from './accumulator/accumulator.ts';
import { finishMean, finishStddev, finishSum, finishVariance } from './accumulator/finish.ts';
import { Moments } from './accumulator/moments.ts';
import type { ChunkIndex } from './chunk-index.ts';
import { type CompiledView, eachContribution } from './compiled-view.ts';
import type { Position } from './position.ts';
import type { PrunedBase, PrunedLane } from './pruned-base.ts';
import type { PlannedFeature, ReadPlan } from './read-plan.ts';

/** Running totals up to this size stay exact when one chunk's totals are added and two of them subtracted. */
const narrowTotalMax = 2 ** 51;

/** Events that {@link EntityIndex.advance} looks at. */
const advanceRowsMax = 16;

/** Answers aggregates over any range of an entity's chunks from running totals, exactly. */
export class EntityIndex {
  readonly #view: CompiledView;
  readonly chunks: ChunkIndex[] = [];
  /** Sums over the chunks before each chunk: [chunks + 1, sumsWidth] row-major. */
  readonly #bases: number[];
  /** Time of the last event of each chunk, side by side: what a search by time looks at. */
  #lastTimes: number[] = [];
  /** For each lane that has extremes, the least and the greatest value of each chunk. */
  readonly #mins: readonly number[][];
  readonly #maxs: readonly number[][];
  /** The same of each chunk and all after it. */
  readonly #laterMins: readonly number[][];
  readonly #laterMaxs: readonly number[][];
  /** For each lane, whether a total might not be exact; ranges are then folded row by row. */
  readonly #isWide: boolean[];
  /** Totals are right for chunks up to this index. */
  #validChunks = 0;
  #isFresh: boolean = false;

  constructor(view: CompiledView) {
    this.#view = view;
    this.#bases = new Array<number>(view.sumsWidth).fill(0);
    this.#isWide = view.lanes.map(() => false);
    this.#mins = view.lanes.map(() => []);
    this.#maxs = view.lanes.map(() => []);
    this.#laterMins = view.lanes.map(() => []);
    this.#laterMaxs = view.lanes.map(() => []);
  }

  /** Says that a chunk's events have changed, or that chunks from this index on have moved. */
  changedFrom(chunkIndex: number): void {
    this.#validChunks = Math.min(this.#validChunks, chunkIndex);
    this.#isFresh = false;
  }

  /** Brings all totals up to date. O(what changed). */
  refresh(): void {
    if (this.#isFresh) return;
    for (let index = this.#validChunks; index < this.chunks.length; index += 1) {
      const chunk = this.chunks[index];
      if (chunk === undefined) continue;
      chunk.refresh();
      this.#addChunk(chunk, index);
    }
    this.#lastTimes.length = this.chunks.length;
    for (let lane = 0; lane < this.#mins.length; lane += 1) this.#extendBack(lane);
    // The last chunk is the one that grows.
    this.#validChunks = Math.max(0, this.chunks.length - 1);
    this.#isFresh = true;
  }

  /** Moves a position to the first event with ts at or after `bound`. O(log events). Totals have to be fresh. */
  locate(bound: number, position: Position): void {
    const times = this.#lastTimes;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? Number.POSITIVE_INFINITY) < bound) low = middle + 1;
      else high = middle;
    }
    position.chunk = low;
    position.row = low < times.length ? (this.chunks[low]?.chunk.countBefore(bound) ?? 0) : 0;
  }

  /**
   * As {@link locate}, from a place whose event is before the bound: false when it is not one of the next few events of that
   * chunk. Reads the times that come next in memory, where a search would jump about.
   */
  advance(bound: number, position: Position): boolean {
    const chunk = this.chunks[position.chunk]?.chunk;
    if (chunk === undefined) return false;
    const until = Math.min(chunk.rows, position.row + advanceRowsMax);
    for (let row = position.row + 1; row < until; row += 1) {
      if ((chunk.ts[row] ?? Number.NaN) < bound) continue;
      position.row = row;
      return true;
    }
    return false;
  }

  /** Gives ts of the event before a position; negative infinity when there is none. Totals have to be fresh. */
  tsBefore(position: Position): number {
    if (position.row > 0) {
      return this.chunks[position.chunk]?.chunk.ts[position.row - 1] ?? Number.NEGATIVE_INFINITY;
    }
    return this.#lastTimes[position.chunk - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Gives ts of the event at a position; infinity behind the last one. Totals have to be fresh. */
  tsAt(position: Position): number {
    const chunk = this.chunks[position.chunk]?.chunk;
    // `row` may be behind the last row of a chunk that is not the last.
    if (chunk === undefined) return Number.POSITIVE_INFINITY;
    if (position.row < chunk.rows) return chunk.ts[position.row] ?? Number.POSITIVE_INFINITY;
    return this.chunks[position.chunk + 1]?.chunk.firstTs() ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Copies the sums of all lanes before a position, and the extremes from it to the end of its chunk, to
   * [offset, offset + totalsWidth); behind the last event only the sums. Totals have to be fresh.
   */
  totalsBefore({ chunk, row }: Position, into: Float64Array, offset: number): void {
    const { sumsWidth, totalsWidth } = this.#view;
    const bases = this.#bases;
    const baseFrom = chunk * sumsWidth;
    const totals = this.chunks[chunk]?.totals;
    if (totals === undefined) {
      for (let column = 0; column < sumsWidth; column += 1) {
        into[offset + column] = bases[baseFrom + column] ?? 0;
      }
      return;
    }
    const rowFrom = row * totalsWidth;
    for (let column = 0; column < sumsWidth; column += 1) {
      into[offset + column] = (bases[baseFrom + column] ?? 0) + (totals[rowFrom + column] ?? 0);
    }
    for (let column = sumsWidth; column < totalsWidth; column += 1) {
      into[offset + column] = totals[rowFrom + column] ?? 0;
    }
  }

  /**
   * Gives the aggregate of a feature, from totals and positions that the plan holds at begin and end of its window; NaN when
   * there is nothing to compute from. Totals have to be fresh. `pruned` came before the window's events.
   */
  aggregate(feature: PlannedFeature, plan: ReadPlan, pruned: PrunedBase | undefined): number {
    const { totals } = plan;
    const { countColumn, laneIndex, window, operator } = feature;
    const beginFrom = window.totalsFrom;
    const endFrom = window.end.totalsFrom;
    const within = (totals[endFrom + countColumn] ?? 0) - (totals[beginFrom + countColumn] ?? 0);
    const lane = pruned?.lanes[laneIndex];
    const count = lane === undefined ? within : within + lane.moments.count;
    switch (operator) {
      case 'count':
        return count;
      case 'min':
        return count === 0 ? Number.NaN : this.#min(feature, plan, lane) / feature.unit;
      case 'max':
        return count === 0 ? Number.NaN : this.#max(feature, plan, lane) / feature.unit;
      case 'merge':
      case 'fold':
        return this.#accumulated(feature, pruned);
      case 'sum':
      case 'mean':
      case 'rate':
      case 'variance':
      case 'stddev':
        break;
    }
    if (lane !== undefined || this.#isWide[laneIndex] !== false) {
      const { sum, squares } = this.#moments(feature, lane);
      return finish(feature, count, sum.toBigInt(), squares.toBigInt());
    }
    const { sumColumn, squaresColumn } = feature;
    const sum = (totals[endFrom + sumColumn] ?? 0) - (totals[beginFrom + sumColumn] ?? 0);
    // Where a lane has no squares, this is the count of another lane, which no operator of this one reads.
    const squares =
      (totals[endFrom + squaresColumn] ?? 0) - (totals[beginFrom + squaresColumn] ?? 0);
    return finish(feature, count, sum, squares);
  }

  #accumulated(feature: PlannedFeature, pruned: PrunedBase | undefined): number {
    const { aggregate } = feature;
    switch (aggregate.method) {
      case 'group':
      case 'monoid': {
        const accumulator = aggregate.kind.create();
        const base = pruned?.accumulators[feature.accumulatorIndex];
        if (base !== undefined) accumulator.merge(base);
        this.#accumulate(feature, accumulator);
        return aggregate.kind.finish(accumulator);
      }
      case 'fold': {
        const fold = aggregate.create();
        this.#each(feature, (event) => fold.add(event));
        return fold.value();
      }
      case 'totals':
      case 'extremes':
        return Number.NaN;
    }
  }

  /** The slow way, for sums that leave the range in which differences of totals are exact. O(events of the range). */
  #moments(feature: PlannedFeature, pruned: PrunedLane | undefined): Moments {
    const moments = new Moments();
    if (pruned !== undefined) moments.merge(pruned.moments);
    this.#each(feature, ({ x }) => moments.add(x));
    return moments;
  }

  /** Whole chunks answer by their accumulators, those at the edges row by row. */
  #accumulate(feature: PlannedFeature, into: Accumulator): void {
    const { laneIndex, accumulatorIndex, window } = feature;
    const { begin } = window;
    const end = window.end.position;
    const add = (event: Contribution): void => into.add(event);
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const isWhole = from === 0 && chunk < end.chunk;
      const whole = isWhole ? this.chunks[chunk]?.accumulatorAt(accumulatorIndex) : undefined;
      if (whole !== undefined) into.merge(whole);
      else this.#eachRow({ lane: laneIndex, chunk, from, until: this.#untilRow(chunk, end) }, add);
    }
  }

  #each({ laneIndex, window }: PlannedFeature, visit: (event: Contribution) => void): void {
    const { begin } = window;
    const end = window.end.position;
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const until = this.#untilRow(chunk, end);
      this.#eachRow({ lane: laneIndex, chunk, from, until }, visit);
    }
  }

  /** Least value up to the end of all events: from the begin to the end of its chunk, and from the next chunk on. */
  #min(feature: PlannedFeature, plan: ReadPlan, pruned: PrunedLane | undefined): number {
    const { laneIndex, window, extremesColumn } = feature;
    const { begin, totalsFrom } = window;
    const end = window.end.position;
    const before = pruned?.extremes.min ?? Number.POSITIVE_INFINITY;
    // All events were let go of.
    if (begin.chunk >= this.chunks.length) return before;
    if (end.chunk < this.chunks.length) {
      return Math.min(before, this.#minBetween(laneIndex, begin, end));
    }
    const within = plan.totals[totalsFrom + extremesColumn] ?? before;
    return Math.min(before, within, this.#laterMins[laneIndex]?.[begin.chunk + 1] ?? before);
  }

  /** As {@link #min}. */
  #max(feature: PlannedFeature, plan: ReadPlan, pruned: PrunedLane | undefined): number {
    const { laneIndex, window, extremesColumn } = feature;
    const { begin, totalsFrom } = window;
    const end = window.end.position;
    const before = pruned?.extremes.max ?? Number.NEGATIVE_INFINITY;
    if (begin.chunk >= this.chunks.length) return before;
    if (end.chunk < this.chunks.length) {
      return Math.max(before, this.#maxBetween(laneIndex, begin, end));
    }
    const within = plan.totals[totalsFrom + extremesColumn + 1] ?? before;
    return Math.max(before, within, this.#laterMaxs[laneIndex]?.[begin.chunk + 1] ?? before);
  }

  /** Whole chunks answer by their least values, those at the edges by blocks of rows. O(chunks of the range). */
  #minBetween(lane: number, begin: Position, end: Position): number {
    let least = Number.POSITIVE_INFINITY;
    const wholes = this.#mins[lane];
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const value =
        from === 0 && chunk < end.chunk
          ? wholes?.[chunk]
          : this.chunks[chunk]?.extremesOf(lane)?.minOf(from, this.#untilRow(chunk, end));
      if (value !== undefined && value < least) least = value;
    }
    return least;
  }

  /** As {@link #minBetween}. */
  #maxBetween(lane: number, begin: Position, end: Position): number {
    let greatest = Number.NEGATIVE_INFINITY;
    const wholes = this.#maxs[lane];
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const value =
        from === 0 && chunk < end.chunk
          ? wholes?.[chunk]
          : this.chunks[chunk]?.extremesOf(lane)?.maxOf(from, this.#untilRow(chunk, end));
      if (value !== undefined && value > greatest) greatest = value;
    }
    return greatest;
  }

  /** Row of a chunk at which a range ends that reaches into it or beyond. */
  #untilRow(chunk: number, end: Position): number {
    return chunk === end.chunk ? end.row : (this.chunks[chunk]?.chunk.rows ?? 0);
  }

  /** Says what the extremes of each chunk and all after it are, back to those that are what they were. */
  #extendBack(lane: number): void {
    const laterMins = this.#laterMins[lane];
    const laterMaxs = this.#laterMaxs[lane];
    const mins = this.#mins[lane];
    const maxs = this.#maxs[lane];
    if (laterMins === undefined || laterMaxs === undefined || mins?.length === 0) return;
    const { length } = this.chunks;
    laterMins.length = length;
    laterMaxs.length = length;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let chunk = length - 1; chunk >= 0; chunk -= 1) {
      least = Math.min(least, mins?.[chunk] ?? least);
      greatest = Math.max(greatest, maxs?.[chunk] ?? greatest);
      const isKnown = laterMins[chunk] === least && laterMaxs[chunk] === greatest;
      if (isKnown && chunk < this.#validChunks) return;
      laterMins[chunk] = least;
      laterMaxs[chunk] = greatest;
    }
  }

  #addChunk(chunk: ChunkIndex, index: number): void {
    const { lanes, sumsWidth, totalsWidth } = this.#view;
    const at = index * sumsWidth;
    const last = chunk.chunk.rows * totalsWidth;
    for (let column = 0; column < sumsWidth; column += 1) {
      this.#bases[at + sumsWidth + column] =
        (this.#bases[at + column] ?? 0) + (chunk.totals[last + column] ?? 0);
    }
    this.#lastTimes[index] = chunk.chunk.lastTs();
    lanes.forEach(({ hasSum, hasSquares, sumColumn, squaresColumn }, lane) => {
      const total = (column: number): number => this.#bases[at + sumsWidth + column] ?? 0;
      const isWide =
        chunk.isWide(lane) ||
        (hasSum && Math.abs(total(sumColumn)) > narrowTotalMax) ||
        (hasSquares && total(squaresColumn) > narrowTotalMax);
      if (isWide) this.#isWide[lane] = true;
      const extremes = chunk.extremesOf(lane);
      const mins = this.#mins[lane];
      const maxs = this.#maxs[lane];
      if (extremes === undefined || mins === undefined || maxs === undefined) return;
      mins[index] = extremes.min;
      maxs[index] = extremes.max;
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

function finish(
  { operator, unit }: PlannedFeature,
  count: number,
  sum: number | bigint,
  squares: number | bigint,
): number {
  switch (operator) {
    case 'sum':
      return finishSum(sum, unit);
    case 'mean':
    case 'rate':
      return finishMean(count, sum, unit);
    case 'variance':
      return finishVariance(count, sum, { squares, unit });
    case 'stddev':
      return finishStddev(count, sum, { squares, unit });
    case 'count':
    case 'min':
    case 'max':
    case 'merge':
    case 'fold':
      return Number.NaN;
  }
}
