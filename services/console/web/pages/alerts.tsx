import { useState } from 'preact/hooks';
import type { AlertsView } from '../../core/alert-views.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { LivePage } from '../parts/live-page.tsx';
import { Moment } from '../parts/moment.tsx';
import { EndSilenceButton } from '../parts/silence-button.tsx';
import { useView } from '../use-view.ts';

/** All alerts, and silences. */
export function AlertsPage() {
  const live = useView<AlertsView>('alerts');
  const [hasOver, setHasOver] = useState(true);
  return (
    <LivePage title="Alerts" live={live}>
      {(view) => {
        const shown = view.alerts.filter(({ state }) => hasOver || state !== 'resolved');
        return (
          <>
            <section aria-labelledby="alerts">
              <h2 id="alerts">Alerts</h2>
              <label class="check">
                <input
                  type="checkbox"
                  checked={hasOver}
                  onChange={({ currentTarget }) => setHasOver(currentTarget.checked)}
                />{' '}
                show those that are over as well
              </label>
              {shown.length === 0 ? (
                <p class="quiet">no alert {hasOver ? 'so far' : 'fires'}</p>
              ) : (
                <AlertList alerts={shown} nowMs={view.atMs} />
              )}
            </section>
            <Silences view={view} />
          </>
        );
      }}
    </LivePage>
  );
}

function Silences({ view }: { readonly view: AlertsView }) {
  return (
    <section aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      {view.silences.length === 0 && <p class="quiet">nothing is silenced</p>}
      <ul class="rows">
        {view.silences.map((silence) => (
          <li key={silence.id}>
            <div>
              <b>{silence.covers}</b>
              <p class="quiet">
                until <Moment atMs={silence.untilMs} nowMs={view.atMs} />, by {silence.by}:{' '}
                {silence.reason}
              </p>
            </div>
            <EndSilenceButton silence={silence} />
          </li>
        ))}
      </ul>
    </section>
  );
}
