import { featureStatus } from '../../shared/compute/feature-status.ts';
import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { compileRow, type RowAssembler, viewColumnsOf } from '../../shared/compute/row.ts';
import { outputUnit } from '../core/statistics/output-sums.ts';
import type { ReferenceProfile } from '../core/statistics/read-profile.ts';
import type { CountedColumns, WindowCounter } from '../core/windows/window-counter.ts';
import type { CohortName } from '../core/windows/window-counts.ts';
import type { StoredPrediction } from '../ports.ts';

/** What a version is counted against. */
export interface CountedReference {
  /** SHA-256; empty where there is none. */
  readonly profileDigest: string;
  readonly profile: ReferenceProfile;
  /** Undefined where the version is bound to no feature set. */
  readonly featureSet: FeatureSetPlan | undefined;
}

/** The reference of what has none: answers, latencies and outputs are counted, and no column. */
export const noReference: CountedReference = {
  profileDigest: '',
  profile: { inputs: [], outputs: [] },
  featureSet: undefined,
};

/** Reads the answers of one version as they are counted. */
export class VersionReader {
  readonly reference: CountedReference;
  readonly columns: CountedColumns;
  readonly #featureSet: FeatureSetPlan | undefined;
  /** Undefined where each input is a value of the vector or of the request as it came. */
  readonly #assembler: RowAssembler | undefined;
  /** By input of the profile: its place in the vector; -1 for what no view computes. */
  readonly #viewColumns: Int32Array;
  /** By input of the profile: its place among the request's values; -1 for others. */
  readonly #requestColumns: Int32Array;
  /** By input of the profile: its column in the assembled row; -1 for others. */
  readonly #rowColumns: Int32Array;
  readonly #views: Float64Array;
  readonly #requests: Float64Array;
  readonly #assembled: Float32Array;
  readonly #row: Float64Array;

  constructor(reference: CountedReference) {
    const { profile, featureSet } = reference;
    const { inputs, outputs } = profile;
    const columns = featureSet?.columns ?? [];
    const views = featureSet === undefined ? [] : viewColumnsOf(featureSet);
    this.reference = reference;
    this.columns = { inputs, outputs, outputUnit: outputUnit(outputs[0]?.std ?? 0) };
    this.#featureSet = featureSet;
    this.#viewColumns = Int32Array.from(inputs, ({ name }) =>
      views.findIndex(({ column }) => column.name === name),
    );
    this.#requestColumns = Int32Array.from(inputs, ({ name }) => {
      const column = columns.find((one) => one.name === name);
      return column?.kind === 'request' ? column.requestIndex : -1;
    });
    this.#rowColumns = Int32Array.from(inputs, ({ name }) =>
      columns.findIndex((one) => one.name === name && one.kind === 'derived'),
    );
    const isDerived = this.#rowColumns.some((column) => column >= 0);
    this.#assembler = isDerived && featureSet !== undefined ? compileRow(featureSet) : undefined;
    this.#views = new Float64Array(views.length);
    this.#requests = new Float64Array(featureSet?.requestFeatures.length ?? 0);
    this.#assembled = new Float32Array(isDerived ? columns.length : 0);
    this.#row = new Float64Array(inputs.length);
  }

  /** Adds an answer to a counter of these columns. O(columns). */
  count(prediction: StoredPrediction, counter: WindowCounter): void {
    const { role, skippedReason, tier, latencyMs, score, keys } = prediction;
    const cohort: CohortName = role === 'ROLE_CONTROL' ? 'control' : 'model';
    // What the policy gave to the control, or what answers while no version is in production, is as it was meant to be.
    const isMeant = cohort === 'control' || skippedReason === 'ALIAS_UNKNOWN';
    counter.add({
      cohort,
      latencyMs,
      score,
      isDegraded: tier !== 'TIER_MODEL' && !isMeant,
      entity: keys.length === 1 ? (keys[0] ?? '') : keys.join('\u001f'),
      row: this.#rowOf(prediction),
    });
  }

  /** The row that the model got, by the columns of the profile; NaN where the feature service gave nothing. */
  #rowOf({ stamp, values, statuses, requestValues }: StoredPrediction): Float64Array {
    const row = this.#row;
    const set = this.#featureSet;
    const isOther = stamp !== null && stamp.featureSetHash !== set?.hash;
    if (set === undefined || isOther || !readDoubles(requestValues, this.#requests)) {
      return row.fill(Number.NaN);
    }
    const isThere = stamp !== null && readDoubles(values, this.#views);
    if (!isThere) this.#views.fill(Number.NaN);
    this.#assemble();
    for (let column = 0; column < row.length; column += 1) {
      const view = this.#viewColumns[column] ?? -1;
      if (view < 0) row[column] = this.#otherColumn(column);
      else if (!isThere || statuses[view] === featureStatus.unavailable) row[column] = Number.NaN;
      else row[column] = Math.fround(this.#views[view] ?? 0) || 0;
    }
    return row;
  }

  #assemble(): void {
    this.#assembler?.assemble(
      { views: this.#views, viewOffset: 0, requests: this.#requests, requestOffset: 0 },
      this.#assembled,
      0,
    );
  }

  /** What comes from the request, or is derived; as everything in a row it is float32, and 0 where it is missing. */
  #otherColumn(column: number): number {
    const request = this.#requestColumns[column] ?? -1;
    if (request >= 0) return Math.fround(this.#requests[request] ?? 0) || 0;
    return this.#assembled[this.#rowColumns[column] ?? -1] ?? Number.NaN;
  }
}

/** Reads little-endian doubles; tells whether there were as many as wanted. */
function readDoubles(bytes: Buffer, into: Float64Array): boolean {
  const { length } = into;
  if (bytes.length !== length * 8) return false;
  for (let index = 0; index < length; index += 1) into[index] = bytes.readDoubleLE(8 * index);
  return true;
}
