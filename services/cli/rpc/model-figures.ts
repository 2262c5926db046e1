import { tierShares } from '../../shared/kernel/tier-shares.ts';
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
  const shares = tierShares(summary.tiers);
  return {
    model,
    predictions: summary.predictions,
    predictionsPerSecond: summary.predictionsPerSecond,
    latencyP50Ms: summary.latencyP50Ms,
    latencyP99Ms: summary.latencyP99Ms,
    tiers: summary.tiers
      .map(({ tier, version }, index) => ({
        ...{ tier: tierOf(tier), version },
        share: shares[index] ?? 0,
      }))
      .filter(({ share }) => share > 0),
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
