import { type ColumnCounts, mergeCounts } from '../statistics/column-counter.ts';
import { type EntityMomentsState, mergeMoments } from '../statistics/entity-moments.ts';
import { mergeOutputs, type OutputSums } from '../statistics/output-sums.ts';
import { addCounts, type CountList } from '../statistics/plain-counts.ts';

/** Parts of the traffic that are compared: what the release under way serves, and what the control gets. */
export type CohortName = 'model' | 'control';

/** Answers of one cohort. */
export interface CohortCounts<List extends CountList = readonly number[]> {
  readonly answers: number;
  /** Those that a lower tier gave than was meant to. */
  readonly degraded: number;
  /** By {@link latencyBin}. */
  readonly latencies: List;
}

/**
 * What one version answered in a stretch of time, as plain data. All are whole numbers, so that minutes, windows and replicas merge by adding, in any order, to the same.
 */
export interface WindowCounts<List extends CountList = readonly number[]> {
  /** By cohort; the sum of both is all answers. */
  readonly cohorts: Readonly<Record<CohortName, CohortCounts<List>>>;
  /** By the columns of the reference, in their order; empty for one without a reference. */
  readonly inputs: readonly ColumnCounts<List>[];
  readonly outputs: readonly ColumnCounts<List>[];
  readonly outputSums: OutputSums;
  /** How often entities repeat. */
  readonly entities: EntityMomentsState<List>;
}

/** Adds two counts over the same columns. */
export function mergeWindows(left: WindowCounts, right: WindowCounts): WindowCounts {
  return {
    cohorts: {
      model: mergeCohorts(left.cohorts.model, right.cohorts.model),
      control: mergeCohorts(left.cohorts.control, right.cohorts.control),
    },
    inputs: mergeColumns(left.inputs, right.inputs),
    outputs: mergeColumns(left.outputs, right.outputs),
    outputSums: mergeOutputs(left.outputSums, right.outputSums),
    entities: mergeMoments(left.entities, right.entities),
  };
}

/** Adds two counts of a cohort. */
export function mergeCohorts(left: CohortCounts, right: CohortCounts): CohortCounts {
  return {
    answers: left.answers + right.answers,
    degraded: left.degraded + right.degraded,
    latencies: addCounts(left.latencies, right.latencies),
  };
}

/** Gives all answers. */
export function answersOf({ cohorts }: WindowCounts): number {
  return cohorts.model.answers + cohorts.control.answers;
}

function mergeColumns(
  left: readonly ColumnCounts[],
  right: readonly ColumnCounts[],
): readonly ColumnCounts[] {
  return left.map((counts, column) => {
    const other = right[column];
    return other === undefined ? counts : mergeCounts(counts, other);
  });
}
