import type { ModelView, VersionItem } from '../../core/views.ts';
import { countText, figureText, hashText } from '../format.ts';
import { ActionButton } from './action-button.tsx';
import { Badge, type Tone } from './badge.tsx';
import { Moment } from './moment.tsx';
import { Scrollable } from './scrollable.tsx';

/** The versions of a model, and where they came from. */
export function VersionTable({ view }: { readonly view: ModelView }) {
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <Scrollable name="Table of versions">
        <table>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                AUC
              </th>
              <th scope="col">Trained</th>
              <th scope="col">From</th>
              <th scope="col">Action</th>
            </tr>
          </thead>
          <tbody>
            {view.versions.map((one) => (
              <VersionRow key={one.version} version={one} view={view} />
            ))}
          </tbody>
        </table>
      </Scrollable>
    </section>
  );
}

const tones: ReadonlyMap<string, Tone> = new Map([
  ['production', 'good'],
  ['canary', 'warn'],
  ['quarantined', 'bad'],
]);

function VersionRow({
  version: one,
  view,
}: {
  readonly version: VersionItem;
  readonly view: ModelView;
}) {
  const isQuarantined = one.state === 'quarantined';
  const dirty = one.isCodeDirty ? ' with changes' : '';
  return (
    <tr>
      <th scope="row">
        <a href={`/models/${view.card.model}?version=${one.version}`}>v{one.version}</a>
      </th>
      <td>
        <Badge tone={tones.get(one.state) ?? 'calm'}>{one.state}</Badge>
      </td>
      <td class="number">{figureText(one.metrics['auc'])}</td>
      <td>
        <Moment atMs={one.trainedAtMs || one.registeredAtMs} nowMs={view.atMs} />,{' '}
        {one.registeredBy}
      </td>
      <td class="quiet">
        {one.format}
        {one.trainingRows > 0 && `, ${countText(one.trainingRows)} rows`}
        {one.codeCommit !== '' && `, code ${hashText(one.codeCommit)}${dirty}`}
      </td>
      <td>
        <ActionButton
          label={`${isQuarantined ? 'Clear' : 'Quarantine'} v${one.version}`}
          action={{
            ...{ kind: 'quarantine', model: view.card.model },
            ...{ version: one.version, isCleared: isQuarantined },
          }}
          reasons={isQuarantined ? ['it was not to blame'] : ['wrong answers', 'it crashes']}
          isDangerous={!isQuarantined}
          refusedBecause={one.state === 'production' ? 'roll it back first' : ''}
        >
          <p>
            {isQuarantined
              ? 'Aliases can be moved to it again.'
              : 'No alias can be moved to it until a person clears it; shadows and canary leave it.'}
          </p>
        </ActionButton>
      </td>
    </tr>
  );
}
