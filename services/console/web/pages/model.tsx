import type { ModelView } from '../../core/views.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { AliasList } from '../parts/alias-list.tsx';
import { ChecklistSection } from '../parts/checklist.tsx';
import { ComparisonSection } from '../parts/comparison.tsx';
import { DriftSection } from '../parts/drift.tsx';
import { LiftSection } from '../parts/lift.tsx';
import { LivePage } from '../parts/live-page.tsx';
import { ModelCharts } from '../parts/model-charts.tsx';
import { ModelFigureList } from '../parts/model-figures.tsx';
import { QualitySection } from '../parts/quality.tsx';
import { RollbackButton } from '../parts/rollback-button.tsx';
import { TierBar } from '../parts/tier-bar.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { TrafficSection } from '../parts/traffic.tsx';
import { VerdictSection } from '../parts/verdicts.tsx';
import { VersionTable } from '../parts/version-table.tsx';
import { useView } from '../use-view.ts';

/** All about one model. */
export function ModelPage({
  model,
  query,
}: {
  readonly model: string;
  readonly query: URLSearchParams;
}) {
  const version = query.get('version') ?? '';
  const live = useView<ModelView>('model', { model, ...(version === '' ? {} : { version }) });
  return (
    <LivePage title={model} live={live}>
      {(view) => (
        <>
          <div class="lead">
            <AliasList aliases={view.card.aliases} nowMs={view.atMs} />
            <RollbackButton card={view.card} />
          </div>
          {view.alerts.length > 0 && <AlertList alerts={view.alerts} nowMs={view.atMs} />}
          <section aria-labelledby="figures">
            <h2 id="figures">Now</h2>
            <ModelFigureList card={view.card} />
            <TierBar tiers={view.card.figures?.tiers ?? []} />
            <ModelCharts model={model} newest={view.point} />
          </section>
          <TrafficSection view={view} />
          <ChecklistSection view={view} />
          <ComparisonSection comparisons={view.comparisons} nowMs={view.atMs} />
          <QualitySection quality={view.quality} />
          <LiftSection lift={view.lift} cohorts={view.cohorts} />
          <DriftSection drift={view.drift} />
          <VerdictSection verdicts={view.verdicts} nowMs={view.atMs} />
          <VersionTable view={view} />
          <Timeline items={view.timeline} nowMs={view.atMs} />
        </>
      )}
    </LivePage>
  );
}
