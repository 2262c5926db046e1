import type { AlertItem } from '../../core/alert-views.ts';
import { Badge, type Tone } from './badge.tsx';
import { Moment } from './moment.tsx';
import { EndSilenceButton, SilenceButton } from './silence-button.tsx';

/** Alerts, each with what is wrong, since when, why, and a silence for it. */
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
        <li key={alert.id}>
          <Badge tone={toneOf(alert)}>{wordOf(alert)}</Badge>
          <div>
            <a href={`/alerts/${alert.id}`}>{alert.rule}</a>
            {alert.model !== '' && <> of {alert.model}</>}
            {alert.subject !== '' && <>, {alert.subject}</>}
            <span class="quiet">
              {' '}
              since <Moment atMs={alert.sinceMs} nowMs={nowMs} />
              {alert.untilMs > 0 && (
                <>
                  , over <Moment atMs={alert.untilMs} nowMs={nowMs} />
                </>
              )}
            </span>
            <p>{alert.message}</p>
            {alert.silence !== undefined && (
              <p class="quiet">
                silenced by {alert.silence.by}: {alert.silence.reason}
              </p>
            )}
          </div>
          {alert.state === 'firing' && <SilenceButton alert={alert} />}
          {alert.state === 'silenced' && alert.silence !== undefined && (
            <EndSilenceButton silence={alert.silence} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** How bad what an alert says is, now. */
export function toneOf({ state, severity }: AlertItem): Tone {
  if (state === 'resolved' || state === 'silenced') return 'calm';
  return state === 'firing' && severity === 'page' ? 'bad' : 'warn';
}

function wordOf({ state, severity }: AlertItem): string {
  if (state === 'firing') return severity;
  return state === 'resolved' ? 'over' : state;
}
