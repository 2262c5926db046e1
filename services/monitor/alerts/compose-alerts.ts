import type { Clock } from '../../shared/kernel/clock.ts';
import type { Component } from '../../shared/kernel/component.ts';
import { postJson } from '../../shared/platform/http/post-json.ts';
import { rfc3339Text } from '../../shared/platform/process/utc-text.ts';
import type { KeyValueStore } from '../../shared/platform/store/key-value-store.ts';
import type { Telemetry } from '../../shared/platform/telemetry/start-telemetry.ts';
import { LmdbAlerts } from '../adapters/lmdb-alerts.ts';
import type { MonitorConfig } from '../config.ts';
import type { MessageStyle } from '../core/alert-message.ts';
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
  readonly settings: Pick<MonitorConfig, 'alertWebhooks' | 'alertmanagers' | 'runbookUrl'>;
}

/** Puts the alerts together; the components start after what the sources stand on. */
export function composeAlerts(parts: AlertParts): {
  readonly alerts: AlertCenter;
  readonly components: readonly Component[];
} {
  const { sources, files, clock, telemetry, settings } = parts;
  const { log, metrics } = telemetry;
  const alerts = new AlertCenter({ sources, store: new LmdbAlerts(files), clock, log });
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
  metrics.gauge(
    {
      name: 'mesh.monitor.alerts_firing',
      unit: '{alert}',
      description: 'alerts that fire and are not silenced',
      labels: [],
    },
    () => firing().length,
  );
  return { alerts, components: [new AlertLoop(alerts, clock), ...deliveries] };
}
