import type { ModelStatusRequest__Output } from '../../gen/mlmesh/prediction/v1/ModelStatusRequest.ts';
import type { ModelStatusResponse } from '../../gen/mlmesh/prediction/v1/ModelStatusResponse.ts';
import type { ServableStatus as WireStatus } from '../../gen/mlmesh/prediction/v1/ServableStatus.ts';
import type { ServableState } from '../core/servable-state.ts';
import type { ServableManager } from '../hosting/servable-manager.ts';
import type { ServableStatus } from '../hosting/servable-status.ts';

const wireStates = {
  new: 'SERVABLE_STATE_NEW',
  loading: 'SERVABLE_STATE_LOADING',
  warming: 'SERVABLE_STATE_WARMING',
  ready: 'SERVABLE_STATE_READY',
  draining: 'SERVABLE_STATE_DRAINING',
  unloading: 'SERVABLE_STATE_UNLOADING',
  unloaded: 'SERVABLE_STATE_UNLOADED',
  failed: 'SERVABLE_STATE_FAILED',
} as const satisfies Record<ServableState, string>;

/** Gives the handler of `ModelStatus`. */
export function modelStatusHandler(
  manager: ServableManager,
): (request: ModelStatusRequest__Output) => ModelStatusResponse {
  return ({ model }) => ({
    servables: manager.statuses(model === '' ? undefined : model).map(toWire),
  });
}

function toWire(status: ServableStatus): WireStatus {
  const { model, version, role, state, error, backend, memoryBytes, counts } = status;
  return {
    model,
    version,
    state: wireStates[state],
    error: error === undefined ? '' : `${error.reason}: ${error.message}`,
    backend,
    rows: counts?.rows ?? 0,
    calls: counts?.calls ?? 0,
    lateRows: counts?.lateRows ?? 0,
    hopelessRows: counts?.hopelessRows ?? 0,
    expiredRows: counts?.expiredRows ?? 0,
    shedRows: counts?.shedRows ?? 0,
    failedRows: counts?.failedRows ?? 0,
    cancelledRows: counts?.cancelledRows ?? 0,
    callMs: counts?.callMs ?? 0,
    role,
    memoryBytes,
  };
}
