import type { FeaturesView, FeatureViewItem, ParityItem } from '../../core/feature-views.ts';
import { countText, durationText, hashText, utcText } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { LineageGraph } from '../parts/lineage-graph.tsx';
import { LivePage } from '../parts/live-page.tsx';
import { Scrollable } from '../parts/scrollable.tsx';
import { useView } from '../use-view.ts';

/** The feature store: definitions, freshness, parity, and what comes from what. */
export function FeaturesPage() {
  const live = useView<FeaturesView>('features');
  return (
    <LivePage title="Features" live={live}>
      {(view) => (
        <>
          <section aria-labelledby="parity">
            <h2 id="parity">Is online equal to offline, to the bit</h2>
            <Parity items={view.parity} />
          </section>
          <section aria-labelledby="lineage">
            <h2 id="lineage">What comes from what</h2>
            <LineageGraph lineage={view.lineage} />
          </section>
          <section aria-labelledby="freshness">
            <h2 id="freshness">Freshness</h2>
            <p class="quiet">{countText(view.events)} events applied</p>
            <Freshness views={view.views} />
          </section>
          <section aria-labelledby="definitions">
            <h2 id="definitions">Definitions</h2>
            <Definitions view={view} />
          </section>
        </>
      )}
    </LivePage>
  );
}

function Parity({ items }: { readonly items: readonly ParityItem[] }) {
  if (items.length === 0) return <p class="quiet">this mesh has no models</p>;
  return (
    <ul class="rows">
      {items.map(({ model, checked, mismatches, pending }) => (
        <li key={model}>
          <div>
            <Badge tone={mismatches > 0 ? 'bad' : checked > 0 ? 'good' : 'calm'}>
              {mismatches > 0 ? 'differs' : checked > 0 ? 'equal' : 'not audited yet'}
            </Badge>
            <b>{model}</b>{' '}
            <span class="quiet">
              {countText(mismatches)} of {countText(checked)} audited answers differ in any bit,{' '}
              {countText(pending)} wait
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Freshness({ views }: { readonly views: readonly FeatureViewItem[] }) {
  return (
    <Scrollable name="Views of the feature store">
      <table>
        <thead>
          <tr>
            <th scope="col">View</th>
            <th scope="col">Version</th>
            <th scope="col" class="number">
              Entities
            </th>
            <th scope="col">Newest event</th>
            <th scope="col" class="number">
              Behind requests
            </th>
          </tr>
        </thead>
        <tbody>
          {views.map(({ id, version, entities, newestEventMs, behindMs }) => (
            <tr key={`${id} ${version}`}>
              <th scope="row">{id}</th>
              <td>
                <code>{version}</code>
              </td>
              <td class="number">{countText(entities)}</td>
              <td>{newestEventMs === 0 ? 'none' : utcText(newestEventMs)}</td>
              <td class="number">{durationText(behindMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Definitions({ view }: { readonly view: FeaturesView }) {
  return (
    <Scrollable name="Table of definitions">
      <table>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Definition</th>
            <th scope="col">From</th>
            <th scope="col">Into</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          {view.features.map((feature) => (
            <tr key={feature.hash}>
              <th scope="row">
                {feature.name}
                {feature.isEarlier && <Badge tone="calm">earlier</Badge>}
              </th>
              <td>{feature.summary}</td>
              <td>{feature.view === '' ? 'the request' : feature.view}</td>
              <td>
                {feature.models.map((model) => (
                  <a key={model} href={`/models/${model}`}>
                    {model}
                  </a>
                ))}
              </td>
              <td>
                <code>{hashText(feature.hash)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}
