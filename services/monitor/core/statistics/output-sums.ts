import assert from 'node:assert/strict';

/** Sum of the outputs of a window, as plain data. Whole numbers, so that windows of replicas and minutes merge by adding, in any order, to the same mean. */
export interface OutputSums {
  readonly rows: number;
  /** Outputs that were NaN or infinite; they are no part of the sum. */
  readonly notFinite: number;
  /** Sum of the outputs, each rounded to a whole number of units. */
  readonly units: number;
}

/** The sums of a window without outputs. */
export const noOutputs: OutputSums = { rows: 0, notFinite: 0, units: 0 };

/**
 * Gives the unit in which outputs are summed: a 16,384th of their standard deviation, as a power of two. Rounding to it moves the mean of a window by less than a millionth of that deviation, and 2^39 outputs within one deviation fit into a sum.
 */
export function outputUnit(rowStd: number): number {
  assert.ok(rowStd >= 0 && Number.isFinite(rowStd), `wanted a standard deviation, got ${rowStd}`);
  return rowStd === 0 ? 2 ** -20 : 2 ** (Math.floor(Math.log2(rowStd)) - 14);
}

/** Adds one output. `unit` is that of the version's baseline, from {@link outputUnit}. */
export function addOutput(sums: OutputSums, output: number, unit: number): OutputSums {
  if (!Number.isFinite(output)) return { ...sums, notFinite: sums.notFinite + 1 };
  return { ...sums, rows: sums.rows + 1, units: sums.units + Math.round(output / unit) };
}

/** Adds the sums of two replicas or windows, in the same unit. */
export function mergeOutputs(left: OutputSums, right: OutputSums): OutputSums {
  return {
    rows: left.rows + right.rows,
    notFinite: left.notFinite + right.notFinite,
    units: left.units + right.units,
  };
}

/** Gives the mean output; undefined without outputs. */
export function meanOutput({ rows, units }: OutputSums, unit: number): number | undefined {
  return rows === 0 ? undefined : (units / rows) * unit;
}
