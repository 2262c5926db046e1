import type { DriftPlan, OutputPlan } from '../../../shared/definition/monitoring-policy.ts';
import type { ColumnCounts } from '../statistics/column-counter.ts';
import { driftPolicy, quiet } from '../statistics/drift-decision.ts';
import { driftThresholds } from '../statistics/drift-threshold.ts';
import { EntityMoments } from '../statistics/entity-moments.ts';
import {
  type ColumnVerdict,
  type DriftAspect,
  type DriftStates,
  type DriftThresholds,
  type JudgedColumn,
  judgeColumns,
} from '../statistics/judge-columns.ts';
import { type ColumnDrift, measureDrift } from '../statistics/measure-drift.ts';
import { isKsAlarm } from '../statistics/plain-rules.ts';
import type { ProfiledColumn, ReferenceProfile } from '../statistics/read-profile.ts';
import { type JudgedOutput, judgeOutput, type OutputState } from './judge-output.ts';
import { answersOf, type WindowCounts } from './window-counts.ts';

/** What a window is judged by, all of it plain data that is kept beside the window. */
export interface DriftQuestion {
  /** The window is [startMs, endMs), epoch ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly counts: WindowCounts;
  readonly profile: ReferenceProfile;
  /** Before this window. */
  readonly states: DriftStates;
  readonly plan: DriftPlan;
  /** Of the outputs, before this window. */
  readonly output: OutputState;
  readonly outputPlan: OutputPlan;
}

/** A column in a window. */
export interface FoundColumn {
  readonly name: string;
  readonly side: 'input' | 'output';
  readonly drift: ColumnDrift;
  readonly thresholds: DriftThresholds;
  /** One for each aspect; none where the window has too few rows, or for an output. */
  readonly verdicts: readonly ColumnVerdict[];
  /** Aspects that drift after this window, with since when. */
  readonly drifting: readonly { readonly aspect: DriftAspect; readonly sinceMs: number }[];
  /** Upper edge of the bin that half of the values are in or below; absent without values. */
  readonly referenceMedian?: number;
  readonly median?: number;
}

/** What a window says. */
export interface DriftAnswer {
  readonly startMs: number;
  readonly endMs: number;
  readonly answers: number;
  /** By Kish's formula over entities. */
  readonly effectiveRows: number;
  /** Whether that was enough to be judged. */
  readonly isJudged: boolean;
  /** Inputs, then outputs, each in the order of the profile. */
  readonly columns: readonly FoundColumn[];
  /** After this window. */
  readonly states: DriftStates;
  /** Of the mean output. */
  readonly output: JudgedOutput;
}

const weekMs = 7 * 86_400_000;
const aspects: readonly DriftAspect[] = ['distribution', 'missing', 'unseen'];

/** Judges the inputs and the mean output of a version in one window. A pure function of what is stored, so that it can be asked again at any time. O(columns x bins). */
export function judgeCounts(question: DriftQuestion): DriftAnswer {
  const { counts, profile, plan, startMs, endMs } = question;
  const effectiveRows = new EntityMoments(counts.entities).effectiveRows();
  const inputs = profile.inputs.map((column, index) =>
    judgedColumn(column, counts.inputs[index], effectiveRows, question),
  );
  const isJudged = effectiveRows >= plan.effectiveRowsMin;
  const { states, verdicts } = isJudged
    ? verdictsOf(inputs, question)
    : { states: question.states, verdicts: [] };
  const outputs = profile.outputs.map((column, index) =>
    judgedColumn(column, counts.outputs[index], effectiveRows, question),
  );
  return {
    startMs,
    endMs,
    answers: answersOf(counts),
    effectiveRows,
    isJudged,
    columns: [
      ...inputs.map(
        (column, index): FoundColumn => ({
          ...column,
          side: 'input',
          verdicts: verdicts.filter((verdict) => verdict.column === column.name),
          drifting: driftingOf(column.name, states),
          ...mediansOf(profile.inputs[index], counts.inputs[index]),
        }),
      ),
      ...outputs.map(
        (column, index): FoundColumn => ({
          ...column,
          side: 'output',
          verdicts: [],
          drifting: [],
          ...mediansOf(profile.outputs[index], counts.outputs[index]),
        }),
      ),
    ],
    states,
    output: isJudged
      ? judgeOutput(
          { counts, effectiveRows, endMs },
          profile.outputs[0],
          question.output,
          question.outputPlan,
        )
      : { state: question.output },
  };
}

function judgedColumn(
  column: ProfiledColumn,
  counts: ColumnCounts | undefined,
  effectiveRows: number,
  { profile, plan, startMs, endMs }: DriftQuestion,
): JudgedColumn {
  const budget = {
    falseAlertsPerWeek: plan.falseAlertsPerWeek,
    windowsPerWeek: weekMs / (endMs - startMs),
    columns: profile.inputs.length * aspects.length,
    windowsNeeded: plan.windowsNeeded,
    windowsLooked: plan.windowsLooked,
  };
  return {
    name: column.name,
    drift: measureDrift(column, counts ?? emptyCounts(column), effectiveRows),
    thresholds: driftThresholds(column.windows, plan.falseAlertsPerWeek > 0 ? budget : undefined),
  };
}

function emptyCounts({ counts, categories = [] }: ProfiledColumn): ColumnCounts {
  return {
    ...{ rows: 0, missing: 0, unseen: 0 },
    bins: counts.map(() => 0),
    categories: categories.map(() => 0),
  };
}

function verdictsOf(
  columns: readonly JudgedColumn[],
  { states, endMs, plan }: DriftQuestion,
): { readonly states: DriftStates; readonly verdicts: readonly ColumnVerdict[] } {
  const policy = { ...driftPolicy, ...plan };
  const judged = judgeColumns(states, columns, endMs, policy);
  return plan.rule === 'ks'
    ? plainVerdicts(judged.verdicts, { states, significance: plan.significance })
    : judged;
}

/** The plain rule: one window, one column, one p-value. */
function plainVerdicts(
  verdicts: readonly ColumnVerdict[],
  { states, significance }: { readonly states: DriftStates; readonly significance: number },
): { readonly states: DriftStates; readonly verdicts: readonly ColumnVerdict[] } {
  const plain = verdicts.map((verdict): ColumnVerdict => {
    const isAlarm = verdict.aspect === 'distribution' && isKsAlarm(verdict.pValue, significance);
    const before = states[`${verdict.column}/${verdict.aspect}`] ?? quiet;
    const sinceMs = before.isDrifting ? before.sinceMs : verdict.finding.endMs;
    const state = isAlarm
      ? { isDrifting: true, ...(sinceMs === undefined ? {} : { sinceMs }), recent: [] }
      : quiet;
    const turned = isAlarm ? 'raised' : 'cleared';
    return {
      ...verdict,
      state,
      sign: isAlarm ? 'drifted' : 'clear',
      change: before.isDrifting === isAlarm ? 'none' : turned,
    };
  });
  const changed = plain.map(({ column, aspect, state }) => [`${column}/${aspect}`, state]);
  return { states: { ...states, ...Object.fromEntries(changed) }, verdicts: plain };
}

function driftingOf(name: string, states: DriftStates): FoundColumn['drifting'] {
  return aspects.flatMap((aspect) => {
    const state = states[`${name}/${aspect}`];
    if (state?.isDrifting !== true || state.sinceMs === undefined) return [];
    return [{ aspect, sinceMs: state.sinceMs }];
  });
}

function mediansOf(
  column: ProfiledColumn | undefined,
  counts: ColumnCounts | undefined,
): Pick<FoundColumn, 'median' | 'referenceMedian'> {
  if (column === undefined) return {};
  const referenceMedian = medianOf(column.edges, column.counts);
  const median = counts === undefined ? undefined : medianOf(column.edges, counts.bins);
  return {
    ...(referenceMedian === undefined ? {} : { referenceMedian }),
    ...(median === undefined ? {} : { median }),
  };
}

function medianOf(edges: readonly number[], counts: readonly number[]): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  const bin = counts.findIndex((count) => {
    seen += count;
    return 2 * seen >= total;
  });
  return edges[bin + 1];
}
