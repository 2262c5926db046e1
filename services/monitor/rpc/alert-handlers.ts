import type { SilenceRequest__Output } from '../../gen/mlmesh/monitor/v1/SilenceRequest.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ServerCall } from '../../shared/platform/grpc/server-call.ts';
import type { Handlers } from '../../shared/platform/grpc/service-types.ts';
import { requireFinite, requireText } from '../../shared/platform/grpc/validate.ts';
import { utcText } from '../../shared/platform/process/utc-text.ts';
import type { AlertCenter } from '../alerts/alert-center.ts';
import { alertRuleOf } from '../core/alert-catalogue.ts';
import type { AlertRecord } from '../core/alert-record.ts';
import { explainAlert } from '../core/explain-alert.ts';
import type { SilenceScope } from '../core/silence.ts';
import { toWireAlert, toWireFacts, toWireSilence } from './alert-wire.ts';

/** What the handlers of alerts answer from. */
export interface AlertHandlersParts {
  readonly alerts: AlertCenter;
  /** Gives the name that is recorded for a caller. @throws {MeshError} UNAUTHENTICATED / CALLER_UNKNOWN */
  readonly actorOf: (call: ServerCall) => Promise<string>;
  readonly clock: Clock;
}

type AlertMethods =
  | 'listAlerts'
  | 'watchAlerts'
  | 'explainAlert'
  | 'silence'
  | 'endSilence'
  | 'listSilences';

const listedMax = 1_000;
const durationMinMs = 1_000;
/** 30 days: what is silenced for longer should be a change of its rule. */
const durationMaxMs = 30 * 86_400_000;
const reasonLimits = { charsMax: 500, pattern: /^[^\p{Cc}]*$/u, form: 'one line of text' };
/** Bytes of alerts in one answer, which may have 4 MiB: some 1 KiB each. */
const watchedMax = 1_000;

/** Gives the handlers of MonitorService that are about alerts. */
export function alertHandlers({
  alerts,
  actorOf,
  clock,
}: AlertHandlersParts): Pick<Handlers<'mlmesh.monitor.v1.MonitorService'>, AlertMethods> {
  const toWire = (alert: AlertRecord) => toWireAlert(alert, alerts.silenceOf(alert));
  return {
    listAlerts({ includeResolved }) {
      const all = [...alerts.active(), ...(includeResolved ? alerts.resolved() : [])];
      const newest = all.sort((left, right) => right.sinceMs - left.sinceMs);
      return { alerts: newest.slice(0, listedMax).map(toWire) };
    },
    async *watchAlerts(_, call) {
      for await (const { alerts: changed, isAll } of alerts.watch(call.signal)) {
        const wired = changed.map(toWire);
        yield { alerts: wired.slice(0, watchedMax), isAll };
        for (let from = watchedMax; from < wired.length; from += watchedMax) {
          yield { alerts: wired.slice(from, from + watchedMax), isAll: false };
        }
      }
    },
    explainAlert({ alertId }) {
      const alert = alerts.alert(alertId);
      const rule = alertRuleOf(alert.rule);
      const silence = alerts.silenceOf(alert);
      const { text, figures, isReproduced } = explainAlert({
        ...{ alert, rule, silence },
        timeText: utcText,
      });
      const explained = { alert: toWire(alert), explanation: text, isReproduced };
      return { ...explained, figures: toWireFacts(figures) };
    },
    async silence(request, call) {
      const scope = scopeOf(request, alerts);
      const limits = { min: durationMinMs, max: durationMaxMs };
      const durationMs = requireFinite(request.durationMs, 'duration_ms', limits);
      const reason = requireText(request.reason, 'reason', reasonLimits);
      const actor = await actorOf(call);
      return {
        silence: toWireSilence(await alerts.silence({ ...scope, durationMs, reason, actor })),
      };
    },
    async endSilence({ silenceId }, call) {
      return { silence: toWireSilence(await alerts.endSilence(silenceId, await actorOf(call))) };
    },
    listSilences({ includeEnded }) {
      const nowMs = clock.epoch();
      const wanted = alerts.silences().filter(({ untilMs }) => includeEnded || untilMs > nowMs);
      return { silences: wanted.slice(0, listedMax).map(toWireSilence) };
    },
  };
}

function scopeOf(
  { alertId, rule, model, subject }: SilenceRequest__Output,
  alerts: AlertCenter,
): SilenceScope {
  if (alertId !== '') return alerts.alert(alertId);
  if (rule === '' && model === '' && subject === '') throw scopeMissing();
  const limits = { charsMin: 0, charsMax: 200 };
  return {
    rule: requireText(rule, 'rule', limits),
    model: requireText(model, 'model', limits),
    subject: requireText(subject, 'subject', limits),
  };
}

function scopeMissing(): MeshError {
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message:
      'wanted an alert, or a rule, a model or a subject to silence, got none: a silence of everything would hide what nobody has thought of',
  });
}
