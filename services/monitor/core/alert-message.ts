import { type AlertRecord, alertId } from './alert-record.ts';
import { runbookOf } from './alert-rule.ts';

/** How an alert is written for those outside of the mesh. */
export interface MessageStyle {
  readonly meshName: string;
  /** What the paths of runbooks stand under, such as `https://example.org/mlmesh/`; empty leaves them as paths. */
  readonly runbooks: string;
  /** Writes a time in the form of RFC 3339. */
  readonly timeText: (epochMs: number) => string;
}

/** Gives what a webhook is sent: one alert that fires, or is over. */
export function webhookMessage(alert: AlertRecord, { meshName, runbooks, timeText }: MessageStyle) {
  const { number, rule, model, subject, severity, state, message, decidedFrom } = alert;
  return {
    version: 1,
    status: state === 'RESOLVED' ? 'resolved' : 'firing',
    mesh: meshName,
    alert: {
      id: alertId(number),
      ...{ rule, model, subject, message },
      severity: severity.toLowerCase(),
      since: timeText(alert.sinceMs),
      until: alert.untilMs === 0 ? null : timeText(alert.untilMs),
      evidence: decidedFrom,
      runbook: `${runbooks}${runbookOf(rule)}`,
    },
  };
}

/**
 * Gives an alert as Alertmanager takes it. Who is sent nothing more of a firing one takes it for over at `endsMs`.
 * @source Alertmanager, api/v2/openapi.yaml, postableAlert
 */
export function alertmanagerMessage(
  alert: AlertRecord,
  { meshName, runbooks, timeText }: MessageStyle,
  endsMs: number,
) {
  const { number, rule, model, subject, severity, message, sinceMs, untilMs } = alert;
  return {
    labels: {
      alertname: rule,
      mesh: meshName,
      severity: severity.toLowerCase(),
      ...(model !== '' && { model }),
      ...(subject !== '' && { subject }),
    },
    annotations: {
      summary: message,
      alert_id: alertId(number),
      runbook_url: `${runbooks}${runbookOf(rule)}`,
    },
    startsAt: timeText(sinceMs),
    endsAt: timeText(untilMs === 0 ? endsMs : untilMs),
  };
}
