import { featureStatus } from '../../shared/compute/feature-status.ts';
import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { compileRow, type RowAssembler } from '../../shared/compute/row.ts';
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
  readonly #assembler: RowAssembler | undefined;
  readonly #featureSetHash: string;
  /** By input of the profile: its column in the row; -1 where the feature set has none of that name. */
  readonly #rowColumns: readonly number[];
  /** By input of the profile: its place among the vector's statuses; -1 for what no view computes. */
  readonly #statusColumns: readonly number[];
  readonly #views: Float64Array;
  readonly #requests: Float64Array;
  readonly #assembled: Float32Array;
  readonly #row: Float64Array;

  constructor(reference: CountedReference) {
    const { profile, featureSet } = reference;
    const { inputs, outputs } = profile;
    const [output] = outputs;
    this.reference = reference;
    this.columns = { inputs, outputs, outputUnit: outputUnit(output?.std ?? 0) };
    this.#assembler = featureSet && compileRow(featureSet);
    this.#featureSetHash = featureSet?.hash ?? '';
    const names = featureSet?.columns.map(({ name }) => name) ?? [];
    const views = featureSet?.columns.filter(({ kind }) => kind === 'view') ?? [];
    this.#rowColumns = inputs.map(({ name }) => names.indexOf(name));
    this.#statusColumns = inputs.map(({ name }) => views.findIndex((view) => view.name === name));
    this.#views = new Float64Array(this.#assembler?.viewColumns ?? 0);
    this.#requests = new Float64Array(featureSet?.requestFeatures.length ?? 0);
    this.#assembled = new Float32Array(this.#assembler?.columns ?? 0);
    this.#row = new Float64Array(inputs.length);
  }

  /** Adds an answer to a counter of these columns. O(columns). */
  count(prediction: StoredPrediction, counter: WindowCounter): void {
    const { role, skippedReason, tier, latencyMs, score, keys } = prediction;
    const cohort: CohortName = role === 'ROLE_CONTROL' ? 'control' : 'model';
    // What the policy gave to the control, or what answers while no version is in production, is as it was meant to be.
    const isMeant = cohort === 'control' || skippedReason === 'ALIAS_UNKNOWN';
    counter.add({
      ...{ cohort, latencyMs, score },
      isDegraded: tier !== 'TIER_MODEL' && !isMeant,
      entity: keys.join('\u001f'),
      row: this.#rowOf(prediction),
    });
  }

  /** The row that the model got, by the columns of the profile; NaN where the feature service gave nothing. */
  #rowOf({ stamp, values, statuses, requestValues }: StoredPrediction): Float64Array {
    const row = this.#row.fill(Number.NaN);
    const assembler = this.#assembler;
    if (assembler === undefined) return row;
    const isOther = stamp !== null && stamp.featureSetHash !== this.#featureSetHash;
    if (isOther || !readDoubles(requestValues, this.#requests)) return row;
    const isThere = stamp !== null && readDoubles(values, this.#views);
    if (!isThere) this.#views.fill(Number.NaN);
    const parts = { views: this.#views, viewOffset: 0, requests: this.#requests, requestOffset: 0 };
    assembler.assemble(parts, this.#assembled, 0);
    for (let column = 0; column < row.length; column += 1) {
      const status = this.#statusColumns[column] ?? -1;
      const isMissing = status >= 0 && (!isThere || statuses[status] === featureStatus.unavailable);
      row[column] = isMissing
        ? Number.NaN
        : (this.#assembled[this.#rowColumns[column] ?? -1] ?? Number.NaN);
    }
    return row;
  }
}

/** Reads little-endian doubles; tells whether there were as many as wanted. */
function readDoubles(bytes: Buffer, into: Float64Array): boolean {
  if (bytes.length !== into.length * 8) return false;
  new Uint8Array(into.buffer).set(bytes);
  return true;
}
