import type { ModelCard, OverviewView, ServiceItem } from '../../core/views.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Badge } from '../parts/badge.tsx';
import { LivePage } from '../parts/live-page.tsx';
import { ModelCharts } from '../parts/model-charts.tsx';
import { ModelFigureList } from '../parts/model-figures.tsx';
import { Moment } from '../parts/moment.tsx';
import { RollbackButton } from '../parts/rollback-button.tsx';
import { TierBar } from '../parts/tier-bar.tsx';
import { useView } from '../use-view.ts';

/** What serves, whether it is well, and since when. */
export function OverviewPage() {
  const live = useView<OverviewView>('overview');
  return (
    <LivePage title="Overview" live={live}>
      {(view) => (
        <>
          <Wellbeing view={view} />
          {view.alerts.length > 0 && (
            <section aria-labelledby="firing">
              <h2 id="firing">Alerts</h2>
              <AlertList alerts={view.alerts} nowMs={view.atMs} />
            </section>
          )}
          {view.models.map((card) => (
            <ModelSection key={card.model} card={card} view={view} />
          ))}
          <Services services={view.services} />
        </>
      )}
    </LivePage>
  );
}

/** One sentence for whoever has just been woken. */
function Wellbeing({ view }: { readonly view: OverviewView }) {
  const sick = view.services.filter(({ health }) => health !== 'serving');
  const firing = view.alerts.filter(({ state }) => state === 'firing');
  const pages = firing.filter(({ severity }) => severity === 'page').length;
  const isBad = sick.length > 0 || pages > 0 || view.faults.length > 0;
  const tone = isBad ? 'bad' : firing.length > 0 ? 'warn' : 'good';
  const parts = [
    ...(pages > 0 ? [`${pages} alert${pages === 1 ? '' : 's'} to act on`] : []),
    ...(sick.length > 0 ? [`${sick.map(({ name }) => name).join(', ')} not serving`] : []),
    ...(firing.length > pages ? [`${firing.length - pages} to look at later`] : []),
  ];
  return (
    <p class={`wellbeing ${tone}`} role="status">
      <Badge tone={tone}>{tone === 'good' ? 'well' : tone === 'warn' ? 'look later' : 'act'}</Badge>
      {parts.length === 0 ? 'All services serve and no alert fires.' : `${parts.join('; ')}.`}
    </p>
  );
}

function ModelSection({ card, view }: { readonly card: ModelCard; readonly view: OverviewView }) {
  const { model, aliases, figures } = card;
  const production = aliases.find(({ alias }) => alias === 'production');
  const isServed = production !== undefined && production.version !== 0;
  return (
    <section class="model" aria-labelledby={`model-${model}`}>
      <header>
        <div>
          <h2 id={`model-${model}`}>
            <a href={`/models/${model}`}>{model}</a>
          </h2>
          <p>
            {isServed ? (
              <>
                <b>version {production.version}</b> in production since{' '}
                <Moment atMs={production.sinceMs} nowMs={view.atMs} />, by {production.by}
                {production.isForced && <Badge tone="warn">forced</Badge>}
              </>
            ) : (
              'no version in production: the fallback answers'
            )}
          </p>
        </div>
        <RollbackButton card={card} />
      </header>
      <ModelFigureList card={card} />
      <TierBar tiers={figures?.tiers ?? []} />
      <ModelCharts model={model} newest={view.points[model]} />
    </section>
  );
}

function Services({ services }: { readonly services: readonly ServiceItem[] }) {
  return (
    <section aria-labelledby="services">
      <h2 id="services">Services</h2>
      <ul class="services">
        {services.map(({ name, address, health }) => (
          <li key={name}>
            <Badge tone={health === 'serving' ? 'good' : 'bad'}>{health}</Badge>
            <b>{name}</b> <span class="quiet">{address}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
