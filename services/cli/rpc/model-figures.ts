import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { ModelFigures } from '../up/screen.ts';
import type { MeshConnection } from './connect-mesh.ts';
import { severityOf, tierOf } from './wire-names.ts';

type Summary = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getSummary'>;

/** Asks the monitor for the figures of one model. */
export async function readModelFigures(
  mesh: MeshConnection,
  model: string,
  signal: AbortSignal,
): Promise<ModelFigures> {
  return toModelFigures(model, await mesh.monitor.getSummary({ model }, { signal }));
}

function toModelFigures(model: string, summary: Summary): ModelFigures {
  const answers = summary.tiers.reduce((sum, { count }) => sum + count, 0);
  return {
    model,
    predictions: summary.predictions,
    predictionsPerSecond: summary.predictionsPerSecond,
    latencyP50Ms: summary.latencyP50Ms,
    latencyP99Ms: summary.latencyP99Ms,
    tiers: summary.tiers.map(({ tier, version, count }) => ({
      tier: tierOf(tier),
      version,
      share: count / answers,
    })),
    shadowPairs: summary.shadowPairs,
    shadowExpected: summary.shadowExpected,
    shadowAgreement: summary.shadowAgreement,
    outcomes: summary.outcomes,
    auc: summary.auc,
    parityChecked: summary.parityChecked,
    parityMismatches: summary.parityMismatches,
    alerts: summary.alerts.map(({ rule, severity, message }) => ({
      rule,
      severity: severityOf(severity),
      message,
    })),
  };
}
