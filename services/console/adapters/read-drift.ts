import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { DriftColumn, DriftView } from '../core/drift-views.ts';
import type { MeshClients } from './mesh-clients.ts';
import { wordOf } from './wire-words.ts';

type WireColumn = ClientResponseOf<
  'mlmesh.monitor.v1.MonitorService',
  'getDrift'
>['columns'][number];

/** Gives how far inputs and outputs of the version that answers are from its reference: in the newest closed window, or in the open one before the first is closed. */
export async function readDrift({ monitor }: MeshClients, model: string): Promise<DriftView> {
  const closed = await monitor.getDrift({ model });
  const drift =
    closed.columns.length > 0 ? closed : await monitor.getDrift({ model, isOpen: true });
  const { version, gap, startMs, endMs, answers, effectiveRows, effectiveRowsMin } = drift;
  return {
    ...{ version, gap, startMs, endMs, answers, effectiveRows, effectiveRowsMin },
    status: wordOf(drift.status, 'DRIFT_STATUS_'),
    significance: drift.significance,
    columns: drift.columns.map(columnItem),
  };
}

function columnItem(column: WireColumn): DriftColumn {
  const { name, isOutput, test, effect, threshold, adjustedPValue, psi, jensenShannon } = column;
  return {
    ...{ name, isOutput, test, effect, threshold, adjustedPValue, psi, jensenShannon },
    missingDifference: column.missingDifference,
    referenceMedian: column.referenceMedian,
    median: column.median,
    drifting: column.drifting.map(({ aspect }) => aspect),
  };
}
