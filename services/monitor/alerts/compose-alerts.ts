import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { monitorMetrics } from '../../shared/kernel/metric-catalogue.ts';
import type { Labels } from '../../shared/kernel/metric-sink.ts';
import { postJson } from '../../shared/platform/http/post-json.ts';
import { rfc3339Text } from '../../shared/platform/process/utc-text.ts';
import type { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { LmdbAlerts } from '../adapters/lmdb-alerts.ts';
import type { MonitorConfig } from '../config.ts';
import { alertRules } from '../core/alert-catalogue.ts';
import type { MessageStyle } from '../core/alert-message.ts';
import type { AlertRecord } from '../core/alert-record.ts';
import type { AlertSource } from '../core/alert-source.ts';
import { AlertCenter } from './alert-center.ts';
import { AlertDelivery } from './alert-delivery.ts';
import { AlertLoop } from './alert-loop.ts';
import { AlertmanagerPlan, WebhookPlan } from './delivery-plan.ts';

/** What the alerts of a monitor are put together from. */
export interface AlertParts {
  readonly sources: readonly AlertSource[];
  readonly files: KeyValueStore;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'metrics' | 'log'>;
  readonly meshName: string;
  readonly settings: Pick<
    MonitorConfig,
    'alertWebhooks' | 'alertmanagers' | 'runbookUrl' | 'keepDays'
  >;
}

const dayMs = 86_400_000;

/** Puts the alerts together; the components start after what the sources stand on. */
export function composeAlerts(parts: AlertParts): {
  readonly alerts: AlertCenter;
  readonly components: readonly Component[];
} {
  const { sources, files, clock, telemetry, settings } = parts;
  const { log, metrics } = telemetry;
  const keepMs = settings.keepDays * dayMs;
  const alerts = new AlertCenter({ sources, store: new LmdbAlerts(files), clock, log, keepMs });
  const style: MessageStyle = {
    meshName: parts.meshName,
    runbooks: settings.runbookUrl,
    timeText: rfc3339Text,
  };
  const firing = () => alerts.active().filter(({ state }) => state === 'FIRING');
  const shared = { post: postJson, clock, metrics, log };
  const deliveries = [
    ...settings.alertWebhooks.map(
      (url) => new AlertDelivery({ ...shared, url, plan: new WebhookPlan(style) }),
    ),
    ...settings.alertmanagers.map((base) => {
      const url = new URL('api/v2/alerts', base.endsWith('/') ? base : `${base}/`).href;
      return new AlertDelivery({ ...shared, url, plan: new AlertmanagerPlan(style, firing) });
    }),
  ];
  for (const delivery of deliveries) alerts.onChange((changes) => delivery.offer(changes));
  metrics.observe(monitorMetrics.alerts, () => alertSamples(firing()));
  return { alerts, components: [new AlertLoop(alerts, clock), ...deliveries] };
}

/** Counts alerts by rule; rules without one are there with 0, so that a query finds them. */
function alertSamples(firing: readonly AlertRecord[]) {
  const counts = new Map<
    string,
    { labels: Labels<'rule' | 'severity' | 'model'>; value: number }
  >();
  const count = (rule: string, severity: string, model: string, by: number) => {
    const key = JSON.stringify([rule, severity, model]);
    const labels = { rule, severity: severity.toLowerCase(), model };
    counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + by });
  };
  for (const { rule, severity } of alertRules) count(rule, severity, '', 0);
  for (const { rule, severity, model } of firing) count(rule, severity, model, 1);
  return counts.values();
}
