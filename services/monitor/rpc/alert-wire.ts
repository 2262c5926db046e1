import type { Alert } from '../../gen/mlmesh/monitor/v1/Alert.ts';
import type { AlertFact } from '../../gen/mlmesh/monitor/v1/AlertFact.ts';
import type { AlertSilence } from '../../gen/mlmesh/monitor/v1/AlertSilence.ts';
import { type AlertRecord, alertId } from '../core/alert-record.ts';
import { runbookOf } from '../core/alert-rule.ts';
import type { AlertEvidence } from '../core/alert-source.ts';
import { type Silence, silenceId } from '../core/silence.ts';

/** Gives an alert as the wire has it, with the silence that covers it. */
export function toWireAlert(alert: AlertRecord, silence: Silence | undefined): Alert {
  const { rule, model, subject, severity, state, message, decidedFrom } = alert;
  return {
    id: alertId(alert.number),
    ...{ rule, model, subject, message },
    severity: `SEVERITY_${severity}`,
    state: `ALERT_STATE_${state}`,
    sinceMs: alert.sinceMs,
    firedMs: alert.firedMs,
    untilMs: alert.untilMs,
    evidence: toWireFacts(decidedFrom),
    ...(silence && { silence: toWireSilence(silence) }),
    runbook: runbookOf(rule),
  };
}

/** Gives evidence, or figures, as the wire has them. */
export function toWireFacts(facts: AlertEvidence): AlertFact[] {
  return Object.entries(facts).map(([name, value]) =>
    typeof value === 'number' ? { name, number: value } : { name, text: value },
  );
}

/** Gives a silence as the wire has it. */
export function toWireSilence(silence: Silence): AlertSilence {
  const { rule, model, subject, fromMs, untilMs, actor, reason, endedBy } = silence;
  return {
    id: silenceId(silence.number),
    ...{ rule, model, subject, fromMs, untilMs, actor, reason, endedBy },
  };
}
