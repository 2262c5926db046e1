import { Extremes } from './accumulator/extremes.ts';
import { finishMean, finishStddev, finishVariance } from './accumulator/finish.ts';
import { Moments } from './accumulator/moments.ts';
import type { ChunkIndex, LaneIndex } from './chunk-index.ts';
import type { CompiledFeature, CompiledView } from './compiled-view.ts';
import type { PrunedLane } from './pruned-base.ts';

/** Running totals up to this size stay exact when one chunk's totals are added and two of them subtracted. */
const narrowTotalMax = 2 ** 51;

/** A place among the events of an entity. */
export interface Position {
  readonly chunk: number;
  readonly row: number;
}

/** Events at positions [begin, end), and what was pruned before them for a window that reaches so far. */
export interface EventRange {
  readonly begin: Position;
  readonly end: Position;
  readonly pruned: PrunedLane | undefined;
}

/** Totals of one lane over the chunks before each chunk. */
interface LaneTotals {
  readonly counts: number[];
  readonly sums: number[];
  readonly squares: number[];
  /** Whether a total might not be exact; ranges are then folded row by row. */
  isWide: boolean;
}

/** Answers aggregates over any range of an entity's chunks from running totals, exactly. */
export class EntityIndex {
  readonly #view: CompiledView;
  readonly chunks: ChunkIndex[] = [];
  readonly #totals: readonly LaneTotals[];
  /** Totals are right for chunks up to this index. */
  #validChunks = 0;
  /** Events of the last chunk when it was looked at last; -1 when it has to be looked at. */
  #lastRows = -1;

  constructor(view: CompiledView) {
    this.#view = view;
    this.#totals = view.lanes.map(() => ({ counts: [0], sums: [0], squares: [0], isWide: false }));
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
      this.#totals.forEach((totals, lane) => {
        const laneIndex = chunk.lanes[lane];
        if (laneIndex !== undefined) addChunk(totals, laneIndex, index, chunk.chunk.rows);
      });
    }
    // The last chunk is the one that grows, which its number of events shows: it is looked at again then.
    this.#validChunks = Math.max(0, last);
    this.#lastRows = lastRows;
  }

  /** Gives the position of the first event with ts at or after `bound`. O(log events). */
  locate(bound: number): Position {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const lastTs = this.chunks[middle]?.chunk.lastTs() ?? Number.POSITIVE_INFINITY;
      if (lastTs < bound) low = middle + 1;
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

  /** Gives the aggregate of a feature; NaN when there is nothing to compute from. Totals have to be fresh. */
  aggregate(feature: CompiledFeature, range: EventRange): number {
    const count = this.#count(feature.laneIndex, range);
    switch (feature.operator) {
      case 'count':
        return count;
      case 'sum':
        return Number(this.#sum(feature.laneIndex, range));
      case 'mean':
      case 'rate':
        return finishMean(count, Number(this.#sum(feature.laneIndex, range)));
      case 'variance':
      case 'stddev': {
        const finish = feature.operator === 'variance' ? finishVariance : finishStddev;
        const sum = this.#sum(feature.laneIndex, range);
        return finish(count, sum, this.#squares(feature.laneIndex, range));
      }
      case 'min':
        return count === 0 ? Number.NaN : this.#extremes(feature.laneIndex, range).min;
      case 'max':
        return count === 0 ? Number.NaN : this.#extremes(feature.laneIndex, range).max;
    }
  }

  #count(lane: number, { begin, end, pruned }: EventRange): number {
    return (
      this.#countBefore(lane, end) - this.#countBefore(lane, begin) + (pruned?.moments.count ?? 0)
    );
  }

  #countBefore(lane: number, { chunk, row }: Position): number {
    const before = this.#totals[lane]?.counts[chunk] ?? 0;
    return before + (this.chunks[chunk]?.lanes[lane]?.counts[row] ?? 0);
  }

  #sum(lane: number, range: EventRange): number | bigint {
    const totals = this.#totals[lane];
    if (totals?.isWide !== false || range.pruned !== undefined) {
      return this.#moments(lane, range).sum.toBigInt();
    }
    const upTo = ({ chunk, row }: Position): number =>
      (totals.sums[chunk] ?? 0) + (this.chunks[chunk]?.lanes[lane]?.sums[row] ?? 0);
    return upTo(range.end) - upTo(range.begin);
  }

  #squares(lane: number, range: EventRange): number | bigint {
    const totals = this.#totals[lane];
    if (totals?.isWide !== false || range.pruned !== undefined) {
      return this.#moments(lane, range).squares.toBigInt();
    }
    const upTo = ({ chunk, row }: Position): number =>
      (totals.squares[chunk] ?? 0) + (this.chunks[chunk]?.lanes[lane]?.squares[row] ?? 0);
    return upTo(range.end) - upTo(range.begin);
  }

  /** The slow way, for sums that leave the range in which differences of totals are exact. O(events of the range). */
  #moments(lane: number, range: EventRange): Moments {
    const moments = new Moments();
    if (range.pruned !== undefined) moments.merge(range.pruned.moments);
    this.#each(lane, range, (value) => moments.add(value));
    return moments;
  }

  /** Whole chunks answer by their extremes, those at the edges row by row. */
  #extremes(lane: number, { begin, end, pruned }: EventRange): Extremes {
    const extremes = new Extremes();
    if (pruned !== undefined) extremes.merge(pruned.extremes);
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const rows = this.chunks[chunk]?.chunk.rows ?? 0;
      const until = chunk === end.chunk ? end.row : rows;
      const whole = this.chunks[chunk]?.lanes[lane]?.extremes;
      if (from === 0 && until === rows && whole !== undefined) extremes.merge(whole);
      else this.#eachRow({ lane, chunk, from, until }, (value) => extremes.add(value));
    }
    return extremes;
  }

  #each(lane: number, { begin, end }: EventRange, visit: (value: number) => void): void {
    for (let chunk = begin.chunk; chunk <= end.chunk && chunk < this.chunks.length; chunk += 1) {
      const from = chunk === begin.chunk ? begin.row : 0;
      const until = chunk === end.chunk ? end.row : (this.chunks[chunk]?.chunk.rows ?? 0);
      this.#eachRow({ lane, chunk, from, until }, visit);
    }
  }

  #eachRow(rows: ChunkRows, visit: (value: number) => void): void {
    const chunk = this.chunks[rows.chunk]?.chunk;
    const lane = this.#view.lanes[rows.lane];
    if (chunk === undefined || lane === undefined) return;
    for (let row = rows.from; row < rows.until; row += 1) {
      const value = lane.evaluate(chunk.columns, row);
      if (!Number.isNaN(value)) visit(value);
    }
  }
}

/** Rows [from, until) of one chunk, through one lane. */
interface ChunkRows {
  readonly lane: number;
  readonly chunk: number;
  readonly from: number;
  readonly until: number;
}

function addChunk(totals: LaneTotals, lane: LaneIndex, index: number, rows: number): void {
  totals.counts[index + 1] = (totals.counts[index] ?? 0) + (lane.counts[rows] ?? 0);
  const sum = (totals.sums[index] ?? 0) + (lane.sums[rows] ?? 0);
  const squares = (totals.squares[index] ?? 0) + (lane.squares[rows] ?? 0);
  totals.sums[index + 1] = sum;
  totals.squares[index + 1] = squares;
  if (lane.isWide || Math.abs(sum) > narrowTotalMax || squares > narrowTotalMax) {
    totals.isWide = true;
  }
}
