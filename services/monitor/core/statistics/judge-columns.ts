import {
  type DriftFinding,
  type DriftPolicy,
  type DriftState,
  type DriftStep,
  driftPolicy,
  judgeWindow,
  quiet,
} from './drift-decision.ts';
import { adjustFalseDiscovery } from './false-discovery.ts';
import type { ColumnDrift } from './measure-drift.ts';

/** What is judged of a column: how its values are distributed, how many are missing, and how many are of unseen categories. */
export type DriftAspect = 'distribution' | 'missing' | 'unseen';

/** Effects above which each aspect counts, 0 to 1. */
export type DriftThresholds = Readonly<Record<DriftAspect, number>>;

/** A column in a window, with its thresholds. */
export interface JudgedColumn {
  readonly name: string;
  readonly drift: ColumnDrift;
  readonly thresholds: DriftThresholds;
}

/** What a window changed for one aspect of a column, with all numbers that led to it. */
export interface ColumnVerdict extends DriftStep {
  readonly column: string;
  readonly aspect: DriftAspect;
  readonly pValue: number;
  readonly finding: DriftFinding;
}

/** States by column and aspect: `<column>/<aspect>`; one that is not there is quiet. */
export type DriftStates = Readonly<Record<string, DriftState>>;

const aspects: readonly DriftAspect[] = ['distribution', 'missing', 'unseen'];

/**
 * Judges all columns of a model in one window that ended at `endMs`. p-values are adjusted together, over those aspects of columns that have enough rows, so that a model of 200
 * features does not alarm 200 times as often. A pure function of what it is given: the verdicts can be computed again from stored windows.
 */
export function judgeColumns(
  states: DriftStates,
  columns: readonly JudgedColumn[],
  endMs: number,
  policy: DriftPolicy = driftPolicy,
): { readonly states: DriftStates; readonly verdicts: readonly ColumnVerdict[] } {
  const found = columns
    .filter(({ drift }) => drift.effectiveRows >= policy.effectiveRowsMin)
    .flatMap((column) =>
      aspects.map((aspect) => ({ column, aspect, ...aspectOf(column, aspect) })),
    );
  const adjusted = adjustFalseDiscovery(found.map(({ pValue }) => pValue));
  const verdicts = found.map(({ column, aspect, effect, pValue }, index): ColumnVerdict => {
    const finding: DriftFinding = {
      endMs,
      effect,
      threshold: column.thresholds[aspect],
      adjustedPValue: adjusted[index] ?? 1,
      effectiveRows: column.drift.effectiveRows,
    };
    const before = states[`${column.name}/${aspect}`] ?? quiet;
    return {
      column: column.name,
      aspect,
      pValue,
      finding,
      ...judgeWindow(before, finding, policy),
    };
  });
  const changed = verdicts.map(({ column, aspect, state }) => [`${column}/${aspect}`, state]);
  return { states: { ...states, ...Object.fromEntries(changed) }, verdicts };
}

function aspectOf(
  { drift }: JudgedColumn,
  aspect: DriftAspect,
): { readonly effect: number; readonly pValue: number } {
  switch (aspect) {
    case 'distribution':
      return { effect: drift.effect, pValue: drift.pValue };
    case 'missing':
      return { effect: Math.abs(drift.missing.difference), pValue: drift.missing.pValue };
    case 'unseen':
      return { effect: drift.unseen.share, pValue: drift.unseen.pValue };
  }
}
