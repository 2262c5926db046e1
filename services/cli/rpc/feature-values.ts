import type { FeatureRows__Output } from '../../gen/mlmesh/feature/v1/FeatureRows.ts';
import { type FeatureStatus, featureStatus } from '../../shared/compute/feature-status.ts';
import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import { hashText } from '../../shared/compute/value-hash.ts';
import { columnBytes, float64Column } from '../../shared/platform/grpc/column-bytes.ts';
import { requireBytes, requireMessage } from '../../shared/platform/grpc/validate.ts';
import type { MeshConnection } from './connect-mesh.ts';

/** One value of a view, as it was served. */
export interface ServedValue {
  /** The default stands where the status is not present. */
  readonly value: number;
  readonly status: FeatureStatusWord;
  /** Time of the newest event of the entity before t, epoch ms; NaN where there is none. */
  readonly newestEventMs: number;
}

/** An answer: the values of a feature set's views, and its stamp, which is what it takes to compute the answer again. */
export interface ServedValues {
  /** In the order in which vectors hold view columns: see viewColumnsOf. */
  readonly values: readonly ServedValue[];
  readonly atMs: number;
  readonly logOffset: number;
  readonly computeVersion: number;
  /** 16 hexadecimal digits. */
  readonly valueHash: string;
}

const statusWords = {
  [featureStatus.present]: 'present',
  [featureStatus.null]: 'null',
  [featureStatus.notFound]: 'not found',
  [featureStatus.outsideMaxAge]: 'outside max age',
  [featureStatus.unavailable]: 'unavailable',
} as const;

/** A status of a value for people. */
export type FeatureStatusWord = (typeof statusWords)[FeatureStatus];

/** Which row is wanted. */
export interface WantedRow {
  readonly featureSet: FeatureSetPlan;
  /** In the order of the feature set's join keys. */
  readonly keys: readonly string[];
  /** Time t, epoch ms. */
  readonly atMs: number;
}

/**
 * Asks for the values of one row.
 * @throws {MeshError} what the service says
 */
export async function getFeatureValues(
  { feature }: MeshConnection,
  { featureSet, keys, atMs }: WantedRow,
  signal: AbortSignal,
): Promise<ServedValues> {
  const query = {
    featureSetHash: featureSet.hash,
    rows: 1,
    keys: [...keys],
    atMs: columnBytes(Float64Array.of(atMs)),
    withEventTimes: true,
  };
  const { rows } = await feature.getOnlineFeatures({ query }, { signal });
  return { ...parseRow(requireMessage(rows, 'rows')), atMs };
}

function parseRow(rows: FeatureRows__Output): Omit<ServedValues, 'atMs'> {
  const { statuses, logOffset, computeVersion } = rows;
  const values = float64Column(rows.values, 'values', statuses.length);
  const eventTimes = float64Column(rows.eventTimes, 'event_times', statuses.length);
  requireBytes(rows.valueHashes, 'value_hashes', { bytes: 8 });
  return {
    values: Array.from(values, (value, index) => ({
      value,
      status: statusWord(statuses[index] ?? featureStatus.unavailable),
      newestEventMs: eventTimes[index] ?? Number.NaN,
    })),
    logOffset,
    computeVersion,
    valueHash: hashText(rows.valueHashes, 0),
  };
}

function statusWord(byte: number): FeatureStatusWord {
  const words: Readonly<Record<number, FeatureStatusWord>> = statusWords;
  return words[byte] ?? 'unavailable';
}
