import type { TotalsOperator } from './accumulator/compiled-aggregate.ts';
import { finishMean, finishStddev, finishSum, finishVariance } from './accumulator/finish.ts';
import type { CompiledLane } from './compiled-view.ts';

/**
 * What the events of an entity before each of them add up to, for one lane: with it any window is two look-ups and a
 * difference. Exact: it exists only where every value is a whole number and no total leaves ±(2^52 - 1), so that the
 * difference of two of them, which may have different signs, stays within ±(2^53 - 1).
 */
export interface LanePrefixes {
  /** Events that count among the first `index`; one more than there are events. */
  readonly counts: Float64Array;
  /** Sum of their values; as long. */
  readonly sums: Float64Array;
  /** Sum of their squares; empty where no feature asks for it. */
  readonly squares: Float64Array;
}

const sumMax = 2 ** 52 - 1;

/** Gives the prefixes of a lane; undefined where a total would not be exact. `values` are NaN where an event doesn't count. */
export function lanePrefixes(lane: CompiledLane, values: Float64Array): LanePrefixes | undefined {
  const counts = new Float64Array(values.length + 1);
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(lane.hasSquares ? values.length + 1 : 0);
  let count = 0;
  let sum = 0;
  let square = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value)) {
      count += 1;
      sum += value;
      if (lane.hasSquares) square += value * value;
      // The first total that is not exact is beyond these bounds, or no whole number: nothing after it is looked at.
      if (!isExact(sum, square)) return undefined;
    }
    counts[row + 1] = count;
    sums[row + 1] = sum;
    if (lane.hasSquares) squares[row + 1] = square;
  }
  return { counts, sums, squares };
}

function isExact(sum: number, square: number): boolean {
  return Number.isInteger(sum) && Math.abs(sum) <= sumMax && Number.isSafeInteger(square);
}

/** An aggregate of the events at index [begin, end); NaN when there is nothing to compute from. */
export type WindowFunction = (begin: number, end: number) => number;

/** Gives the aggregate of any window out of prefixes, of values times `unit`. */
export function prefixWindow(
  operator: TotalsOperator,
  unit: number,
  { counts, sums, squares }: LanePrefixes,
): WindowFunction {
  const between = (prefix: Float64Array, begin: number, end: number): number =>
    (prefix[end] ?? 0) - (prefix[begin] ?? 0);
  switch (operator) {
    case 'count':
      return (begin, end) => between(counts, begin, end);
    case 'sum':
      return (begin, end) => finishSum(between(sums, begin, end), unit);
    case 'mean':
    case 'rate':
      return (begin, end) =>
        finishMean(between(counts, begin, end), between(sums, begin, end), unit);
    case 'variance':
    case 'stddev': {
      const finish = operator === 'variance' ? finishVariance : finishStddev;
      return (begin, end) =>
        finish(between(counts, begin, end), between(sums, begin, end), {
          squares: between(squares, begin, end),
          unit,
        });
    }
  }
}
