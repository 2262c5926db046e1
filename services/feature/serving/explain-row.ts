import { viewColumnsOf } from '../../shared/compute/row.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ExplainedValue } from '../core/explain-row.ts';
import type { CheckedQuery } from '../core/online-features.ts';
import type { JobRunner } from '../ports.ts';
import type { FeatureService } from './feature-service.ts';
import type { OnlineAnswer } from './online-serving.ts';

/** The explanation of a row, and the log offsets that it speaks of. */
export interface ExplainedRow {
  readonly features: readonly ExplainedValue[];
  readonly logOffset: number;
  readonly newestOffset: number;
}

/** Which values of a row are explained. */
export interface RowToExplain {
  readonly query: CheckedQuery;
  /** 0 means that of now. */
  readonly logOffset: number;
  /** Empty means all. */
  readonly feature: string;
}

/**
 * Explains the values of one row: what the online state says now, what was served, and what the definition gives.
 * @throws {MeshError} NOT_FOUND / FEATURE_UNKNOWN; OUT_OF_RANGE / INVALID_FIELD
 */
export async function explainRow(
  { service, auditor }: { readonly service: FeatureService; readonly auditor: JobRunner },
  { query, logOffset, feature }: RowToExplain,
  signal: AbortSignal,
): Promise<ExplainedRow> {
  const { featureSetHash, keys, atMs, reader } = query;
  const features = viewColumnsOf(reader.plan).map(({ column }) => column.name);
  if (feature !== '' && !features.includes(feature)) {
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'FEATURE_UNKNOWN',
      message: `feature: wanted a feature of the views of '${reader.plan.name}' (${features.join(', ')}), got '${feature.slice(0, 64)}'`,
    });
  }
  const online = await readOnline(service, query);
  const newestOffset = online?.logOffset ?? service.logOffset;
  if (logOffset > newestOffset) {
    throw new MeshError({
      code: 'OUT_OF_RANGE',
      reason: 'INVALID_FIELD',
      message: `log_offset: wanted at most ${newestOffset}, where the log ends, got ${logOffset}`,
    });
  }
  const job = auditor.run(
    {
      kind: 'explain',
      featureSetHash,
      keys,
      atMs: atMs[0] ?? 0,
      logOffset: logOffset === 0 ? newestOffset : logOffset,
      online: online && { values: online.vector.values, statuses: online.vector.statuses },
      newestOffset,
      features: feature === '' ? features : [feature],
    },
    signal,
  );
  for (;;) {
    const step = await job.next();
    if (step.done !== true) continue;
    return {
      ...step.value,
      logOffset: logOffset === 0 ? newestOffset : logOffset,
      newestOffset,
    };
  }
}

/** The online state may have let go of what an old time needs: then there is nothing to compare with. */
async function readOnline(
  service: FeatureService,
  query: CheckedQuery,
): Promise<OnlineAnswer | undefined> {
  try {
    return await service.read(query);
  } catch (error) {
    if (error instanceof MeshError && error.reason === 'HISTORY_PRUNED') return undefined;
    throw error;
  }
}
