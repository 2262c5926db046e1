import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { formatTime } from '../format.ts';
import { renderTable } from '../table.ts';
import { alertStateOf, severityOf } from './wire-names.ts';

/** An alert as the monitor lists it. */
export type ListedAlert = ClientResponseOf<
  'mlmesh.monitor.v1.MonitorService',
  'listAlerts'
>['alerts'][number];

/** A silence as the monitor lists it. */
export type ListedSilence = ClientResponseOf<
  'mlmesh.monitor.v1.MonitorService',
  'listSilences'
>['silences'][number];

type Explained = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'explainAlert'>;
type Fact = Explained['figures'][number];

/** Writes alerts as a table. */
export function renderAlerts(alerts: readonly ListedAlert[]): string {
  const rows = alerts.map((alert) => [
    alert.id,
    severityOf(alert.severity),
    alertStateOf(alert.state),
    alert.rule,
    aboutOf(alert),
    formatTime(alert.sinceMs),
    alert.untilMs === 0 ? '-' : formatTime(alert.untilMs),
    alert.message,
  ]);
  const heads = ['id', 'severity', 'state', 'rule', 'about', 'since (UTC)', 'until', 'what'];
  return renderTable(heads, rows);
}

/** Writes one change of an alert as a line. */
export function renderAlertLine(alert: ListedAlert): string {
  const { id, rule, message, silence } = alert;
  const state = alertStateOf(alert.state);
  const time = formatTime(alert.untilMs === 0 ? alert.sinceMs : alert.untilMs);
  const why = silence === null ? '' : ` (silenced by ${silence.actor}: ${silence.reason})`;
  return `${time}  ${id}  ${severityOf(alert.severity)}  ${state}  ${rule}  ${aboutOf(alert)}  ${message}${why}\n`;
}

/** Writes silences as a table. */
export function renderSilences(silences: readonly ListedSilence[]): string {
  const rows = silences.map((silence) => [
    silence.id,
    silence.rule || 'all',
    silence.model || 'all',
    silence.subject || 'all',
    formatTime(silence.untilMs),
    silence.endedBy === '' ? silence.actor : `${silence.actor}, ended by ${silence.endedBy}`,
    silence.reason,
  ]);
  return renderTable(['id', 'rule', 'model', 'subject', 'until (UTC)', 'who', 'why'], rows);
}

/** Writes why an alert fires. */
export function renderExplanation({
  alert,
  explanation,
  figures,
  isReproduced,
}: Explained): string {
  const facts = alert === null ? [] : alert.evidence.map((fact) => [fact.name, textOf(fact)]);
  const computed = figures.map((fact) => [fact.name, textOf(fact)]);
  const verdict = isReproduced
    ? 'decided again from what was stored: the same'
    : 'decided again from what was stored: NOT the same';
  return [
    `${explanation}\n`,
    renderTable(['stored', 'value'], facts),
    renderTable(['computed', 'value'], computed),
    `${verdict}\n`,
  ].join('\n');
}

function aboutOf({ model, subject }: ListedAlert): string {
  return [model, subject].filter((part) => part !== '').join(' ') || '-';
}

function textOf({ number, text }: Fact): string {
  return number === undefined ? (text ?? '') : String(number);
}
