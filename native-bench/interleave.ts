import { median } from '../loadtest/load/order-statistics.ts';
import type { CallFigures } from './call-round.ts';
import type { PartOptions } from './part.ts';

/** Rounds that warm up: a process compiles what it runs often. */
const warmUpRounds = 1;

/** Measures cells in turn, round after round, so that a noisy machine hits all alike; gives the results of each cell, in order. */
export async function interleave<Cell, Result>(
  cells: readonly Cell[],
  measure: (cell: Cell) => Promise<Result>,
  { rounds, show }: PartOptions,
): Promise<readonly (readonly Result[])[]> {
  const results = cells.map((): Result[] => []);
  for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
    show(round < 1 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
    for (const [index, cell] of cells.entries()) {
      const result = await measure(cell);
      if (round > 0) results[index]?.push(result);
    }
  }
  return results;
}

/** Gives the medians over the rounds of one cell. */
export function medianFigures(all: readonly CallFigures[]): CallFigures {
  const medianOf = (read: (one: CallFigures) => number): number => median(all.map(read));
  return {
    calls: all.reduce((total, { calls }) => total + calls, 0),
    callsPerSecond: medianOf((one) => one.callsPerSecond),
    p50Us: medianOf((one) => one.p50Us),
    p99Us: medianOf((one) => one.p99Us),
  };
}

/** Gives the ratio of two figures; undefined where it is none. */
export function ratioOf(over: number | undefined, under: number | undefined): number | undefined {
  const ratio = (over ?? Number.NaN) / (under ?? Number.NaN);
  return Number.isFinite(ratio) ? ratio : undefined;
}
