import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { AlertItem, AlertView, FactItem, SilenceItem } from '../core/alert-views.ts';
import type { ViewBase } from '../core/view-base.ts';
import type { MeshClients } from './mesh-clients.ts';
import { wordOf } from './wire-words.ts';

type Monitor = 'mlmesh.monitor.v1.MonitorService';
type WireAlert = ClientResponseOf<Monitor, 'listAlerts'>['alerts'][number];
type WireSilence = ClientResponseOf<Monitor, 'listSilences'>['silences'][number];
type WireFact = ClientResponseOf<Monitor, 'explainAlert'>['figures'][number];

/** Gives alerts: what fires first, then what is silenced, then what may fire soon; of each the one that wakes somebody, then the newest. */
export async function readAlerts(
  { monitor }: MeshClients,
  includeResolved: boolean,
  signal: AbortSignal,
): Promise<readonly AlertItem[]> {
  const { alerts } = await monitor.listAlerts({ includeResolved }, { signal });
  return alerts
    .map(alertItem)
    .sort((left, right) => rankOf(left) - rankOf(right) || right.sinceMs - left.sinceMs);
}

/** Gives the silences that are not over. */
export async function readSilences(
  { monitor }: MeshClients,
  signal: AbortSignal,
): Promise<readonly SilenceItem[]> {
  const { silences } = await monitor.listSilences({}, { signal });
  return silences.map(silenceItem);
}

/**
 * Gives why an alert fires.
 * @throws {MeshError} what the monitor says of an id that it does not know
 */
export async function explainAlert(
  { monitor }: MeshClients,
  alertId: string,
  signal: AbortSignal,
): Promise<Omit<AlertView, keyof ViewBase>> {
  const explained = await monitor.explainAlert({ alertId }, { signal });
  const { alert, explanation, figures, isReproduced } = explained;
  return {
    ...{ explanation, isReproduced },
    alert: alert === null ? undefined : alertItem(alert),
    evidence: (alert?.evidence ?? []).map(factItem),
    figures: figures.map(factItem),
  };
}

function alertItem(alert: WireAlert): AlertItem {
  const { id, rule, model, subject, message, sinceMs, untilMs, silence, runbook } = alert;
  return {
    ...{ id, rule, model, subject, message, sinceMs, untilMs, runbook },
    severity: alert.severity === 'SEVERITY_PAGE' ? 'page' : 'ticket',
    state: stateOf(alert.state),
    silence: silence === null ? undefined : silenceItem(silence),
  };
}

function silenceItem({
  id,
  rule,
  model,
  subject,
  untilMs,
  actor,
  reason,
}: WireSilence): SilenceItem {
  const named = [rule, model, subject].filter((part) => part !== '').join(' of ');
  return { id, untilMs, reason, by: actor, covers: named || 'all alerts' };
}

function factItem({ name, number, text }: WireFact): FactItem {
  return { name, text: number === undefined ? (text ?? '') : String(number) };
}

const states = ['firing', 'silenced', 'pending', 'resolved'] as const;

function stateOf(state: WireAlert['state']): AlertItem['state'] {
  const word = wordOf(state, 'ALERT_STATE_');
  return states.find((known) => known === word) ?? 'firing';
}

function rankOf({ severity, state }: AlertItem): number {
  return states.indexOf(state) * 2 + (severity === 'page' ? 0 : 1);
}
