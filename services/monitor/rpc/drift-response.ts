import type { ColumnDrift } from '../../gen/mlmesh/monitor/v1/ColumnDrift.ts';
import type { GetDriftRequest__Output } from '../../gen/mlmesh/monitor/v1/GetDriftRequest.ts';
import type { GetDriftResponse } from '../../gen/mlmesh/monitor/v1/GetDriftResponse.ts';
import { requireInteger } from '../../shared/platform/grpc/validate.ts';
import type { FaultAttribution } from '../core/attribution/attribute-fault.ts';
import type { FoundColumn } from '../core/windows/judge-counts.ts';
import type { DriftQuery, FoundDrift } from '../windows/drift-desk.ts';
import { toAttribution } from './attribution-wire.ts';
import { knownModel } from './requests.ts';

/**
 * Reads which window is wanted.
 * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN; INVALID_ARGUMENT / INVALID_FIELD
 */
export function parseDrift(
  { model, version, untilMs, isOpen }: GetDriftRequest__Output,
  models: readonly string[],
): DriftQuery {
  return {
    model: knownModel(model, models),
    version,
    untilMs: requireInteger(untilMs, 'until_ms', { min: 0 }) || Number.MAX_SAFE_INTEGER,
    isOpen,
  };
}

/** Gives what was found, and who is to blame, as they travel. */
export function toDriftResponse(found: FoundDrift, blame: FaultAttribution): GetDriftResponse {
  const { version, status, gap, profileDigest, referenceRows, plan, lateAnswers, answer } = found;
  return {
    ...{ version, gap, profileDigest, referenceRows, lateAnswers },
    status: `DRIFT_STATUS_${status}`,
    effectiveRowsMin: plan.effectiveRowsMin,
    significance: plan.significance,
    windowsNeeded: plan.windowsNeeded,
    windowsLooked: plan.windowsLooked,
    ...(version === 0 ? {} : { attribution: toAttribution(blame) }),
    ...(answer === undefined
      ? {}
      : {
          startMs: answer.startMs,
          endMs: answer.endMs,
          answers: answer.answers,
          effectiveRows: answer.effectiveRows,
          columns: answer.columns.map(toColumn),
        }),
  };
}

function toColumn(column: FoundColumn): ColumnDrift {
  const { name, side, drift, thresholds, verdicts, drifting, median, referenceMedian } = column;
  const verdict = verdicts.find(({ aspect }) => aspect === 'distribution');
  return {
    name,
    isOutput: side === 'output',
    test: drift.test,
    effect: drift.effect,
    threshold: thresholds.distribution,
    pValue: drift.pValue,
    adjustedPValue: verdict?.finding.adjustedPValue ?? 1,
    psi: drift.psi,
    jensenShannon: drift.jensenShannon,
    ...(drift.wasserstein === undefined ? {} : { wasserstein: drift.wasserstein }),
    missingDifference: drift.missing.difference,
    unseenShare: drift.unseen.share,
    ...(median === undefined ? {} : { median }),
    ...(referenceMedian === undefined ? {} : { referenceMedian }),
    drifting: drifting.map(({ aspect, sinceMs }) => ({ aspect, sinceMs })),
  };
}
