import type { ChecklistItem, ChecklistView, ModelView } from '../../core/views.ts';
import { navigate } from '../location.ts';
import { ActionButton } from './action-button.tsx';
import { Badge, type Tone } from './badge.tsx';
import { FigureRow } from './figure-row.tsx';
import { Moment } from './moment.tsx';

/** What keeps a version out of production, with the evidence, its age and the command that fills it. */
export function ChecklistSection({ view }: { readonly view: ModelView }) {
  const { checklist, versions, card } = view;
  return (
    <section aria-labelledby="checklist">
      <h2 id="checklist">Checklist</h2>
      {checklist === undefined ? (
        <p class="quiet">there is no version to check</p>
      ) : (
        <>
          <div class="lead">
            <p>
              <label for="checked-version">Version</label>{' '}
              <select
                id="checked-version"
                value={checklist.version}
                onChange={({ currentTarget }) =>
                  navigate(`/models/${card.model}?version=${currentTarget.value}`, true)
                }
              >
                {versions.map(({ version, state }) => (
                  <option key={version} value={version}>
                    {version} ({state})
                  </option>
                ))}
              </select>
            </p>
            <PromoteButton view={view} checklist={checklist} />
          </div>
          <ChecklistRows items={checklist.items} nowMs={view.atMs} />
        </>
      )}
    </section>
  );
}

function PromoteButton({
  view,
  checklist,
}: {
  readonly view: ModelView;
  readonly checklist: ChecklistView;
}) {
  const { model, aliases } = view.card;
  const { version, isComplete } = checklist;
  const production = aliases.find(({ alias }) => alias === 'production');
  const why =
    production?.version === version
      ? 'it is in production'
      : isComplete
        ? ''
        : 'the checklist is not complete';
  return (
    <ActionButton
      label={`Promote version ${version}`}
      action={{
        ...{ kind: 'promote', model, alias: 'production', version },
        expectedGeneration: production?.generation ?? 0,
      }}
      reasons={['its checklist is complete']}
      refusedBecause={why}
    >
      <p>
        <b>Version {version}</b> goes to production
        {production !== undefined && production.version !== 0 && (
          <>
            , and version {production.version} becomes the one to go back to: it stays warm as a
            shadow
          </>
        )}
        .
      </p>
    </ActionButton>
  );
}

const tones: Readonly<Record<ChecklistItem['state'], Tone>> = {
  passed: 'good',
  failed: 'bad',
  inconclusive: 'warn',
  missing: 'warn',
  stale: 'warn',
  'not required': 'calm',
};

/** How kinds of evidence stand: each opens to what was found, its figures and the command that fills it. */
export function ChecklistRows({
  items,
  nowMs,
}: {
  readonly items: readonly ChecklistItem[];
  readonly nowMs: number;
}) {
  return (
    <ul class="checklist">
      {items.map((row) => (
        <li key={row.kind}>
          <Badge tone={tones[row.state]}>{row.state}</Badge>
          <details>
            <summary>
              <b>{row.kind}</b>
              {row.gate !== '' && <span class="gate">{row.gate}</span>}
              <span class="quiet">
                {' '}
                {row.item}
                {row.atMs > 0 && (
                  <>
                    , <Moment atMs={row.atMs} nowMs={nowMs} />
                  </>
                )}
              </span>
            </summary>
            <p>{row.statement !== '' ? row.statement : row.why}</p>
            <p class="quiet">
              {row.proves}
              {row.by !== '' && `; attached by ${row.by}`}
            </p>
            <FigureRow figures={row.figures} />
            {row.command !== '' && (
              <p>
                filled by <code>{row.command}</code>
              </p>
            )}
          </details>
        </li>
      ))}
    </ul>
  );
}
