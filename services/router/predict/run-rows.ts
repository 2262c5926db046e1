import type { ModelContract } from '../core/model-contract.ts';
import type { PredictQuery } from '../core/parse-request.ts';
import type { RowsFound, VersionRows } from '../core/version-sets.ts';
import type { FeatureAnswer, FeatureQuery } from '../ports.ts';

/** How the rows of one request are made: the fallback may have been trained on another feature set than the model. */
export interface RunRows {
  readonly model: RowsFound;
  readonly fallback: RowsFound;
}

/** Gives the rows that a run is about: the model's, else the fallback's, else what the mesh file says. */
export function leadRows({ model, fallback }: RunRows, contract: ModelContract): VersionRows {
  if (model.kind === 'rows') return model.rows;
  return fallback.kind === 'rows' ? fallback.rows : { contract, keyIndexes: undefined };
}

/** Gives the rows of the fallback where they are of another feature set than these. */
export function otherFallbackRows(
  { fallback }: RunRows,
  lead: VersionRows,
): VersionRows | undefined {
  if (fallback.kind === 'refused') return undefined;
  return isSameSet(fallback.rows, lead) ? undefined : fallback.rows;
}

/** Whether two are of the same feature set. */
export function isSameSet(left: VersionRows, right: VersionRows): boolean {
  return left.contract.featureSetHash === right.contract.featureSetHash;
}

/** Gives the keys of a request in the order of a feature set. */
export function keysFor({ keyIndexes }: VersionRows, { keys }: PredictQuery): readonly string[] {
  return keyIndexes === undefined ? keys : keyIndexes.map((index) => keys[index] ?? '');
}

/** Gives the request-time columns of a feature set. */
export function requestValuesFor(
  { contract, keyIndexes }: VersionRows,
  query: PredictQuery,
): Float64Array {
  // Without positions of its own it is the contract that the request was read by.
  return keyIndexes === undefined ? query.requestValues : contract.computeRequest(query.request);
}

/** Gives what to ask the feature service for. */
export function featureQueryFor(
  rows: VersionRows,
  query: PredictQuery,
  call: Pick<FeatureQuery, 'trace' | 'deadline'>,
): FeatureQuery {
  const { featureSetHash } = rows.contract;
  return { featureSetHash, keys: keysFor(rows, query), atMs: query.atMs, ...call };
}

/** Gives the row of a version; defaults stand where the feature service gave nothing. */
export function rowFor(
  rows: VersionRows,
  query: PredictQuery,
  features: FeatureAnswer | undefined,
): Float32Array {
  const { contract } = rows;
  const values = features?.values ?? contract.viewDefaults;
  return contract.assembleRow(values, requestValuesFor(rows, query));
}
