import type { AlertView, FactItem } from '../../core/alert-views.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Badge } from '../parts/badge.tsx';
import { LivePage } from '../parts/live-page.tsx';
import { useView } from '../use-view.ts';

/** Why one alert fires, decided again from what it was decided from. */
export function AlertPage({ id }: { readonly id: string }) {
  const live = useView<AlertView>('alert', { id });
  return (
    <LivePage title={live.view?.alert?.rule ?? id} live={live}>
      {({ alert, explanation, evidence, figures, isReproduced, atMs }) => (
        <>
          {alert !== undefined && (
            <section aria-labelledby="now">
              <h2 id="now">Now</h2>
              <AlertList alerts={[alert]} nowMs={atMs} />
            </section>
          )}
          <section aria-labelledby="why">
            <h2 id="why">Why</h2>
            <p class="text">{explanation}</p>
            {alert !== undefined && alert.runbook !== '' && (
              <p>
                what to do stands in <code>{alert.runbook}</code>
              </p>
            )}
            <p>
              <Badge tone={isReproduced ? 'good' : 'bad'}>
                {isReproduced ? 'decided again: the same' : 'decided again: not the same'}
              </Badge>
            </p>
            <div class="halves">
              <Facts title="What it was decided from" facts={evidence} />
              <Facts title="Computed again from that" facts={figures} />
            </div>
          </section>
          <p>
            <a href="/alerts">All alerts</a>
          </p>
        </>
      )}
    </LivePage>
  );
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly FactItem[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {facts.length === 0 && <p class="quiet">nothing</p>}
      <dl class="facts">
        {facts.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
