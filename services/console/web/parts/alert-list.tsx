import type { AlertItem } from '../../core/views.ts';
import { Badge } from './badge.tsx';
import { Moment } from './moment.tsx';

/** Alerts, each with what is wrong, and since when. */
export function AlertList({
  alerts,
  nowMs,
}: {
  readonly alerts: readonly AlertItem[];
  readonly nowMs: number;
}) {
  return (
    <ul class="alerts">
      {alerts.map((alert) => (
        <li key={`${alert.rule} ${alert.model} ${alert.sinceMs}`}>
          <Badge tone={alert.untilMs > 0 ? 'calm' : alert.severity === 'page' ? 'bad' : 'warn'}>
            {alert.untilMs > 0 ? 'over' : alert.severity}
          </Badge>
          <div>
            <b>{alert.rule}</b>
            {alert.model !== '' && <> of {alert.model}</>}
            <span class="quiet">
              {' '}
              since <Moment atMs={alert.sinceMs} nowMs={nowMs} />
            </span>
            <p>{alert.message}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
