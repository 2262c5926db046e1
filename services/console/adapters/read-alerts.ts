import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { AlertItem } from '../core/views.ts';

type Alert = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'listAlerts'>['alerts'][number];

/** Gives alerts as a page shows them: what fires first, then what wakes somebody, then the newest. */
export function alertItems(alerts: readonly Alert[]): readonly AlertItem[] {
  return alerts
    .map(({ rule, model, severity, message, sinceMs, untilMs }): AlertItem => {
      const word = severity === 'SEVERITY_PAGE' ? 'page' : 'ticket';
      return { rule, model, severity: word, message, sinceMs, untilMs };
    })
    .sort((left, right) => rankOf(left) - rankOf(right) || right.sinceMs - left.sinceMs);
}

function rankOf({ severity, untilMs }: AlertItem): number {
  return (untilMs === 0 ? 0 : 2) + (severity === 'page' ? 0 : 1);
}
