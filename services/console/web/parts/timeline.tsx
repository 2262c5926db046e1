import { useState } from 'preact/hooks';
import type { TimelineItem } from '../../core/views.ts';
import { Badge } from './badge.tsx';
import { Moment } from './moment.tsx';

const shownAtFirst = 12;
/** How the monitor begins the reason of what it does by itself; the id of its verdict follows. */
const automatic = /^automatic, v/;

/** What happened to a model, newest first: versions, moves of aliases, evidence, traffic. */
export function Timeline({
  items,
  nowMs,
}: {
  readonly items: readonly TimelineItem[];
  readonly nowMs: number;
}) {
  const [isWhole, setIsWhole] = useState(false);
  const [hasEvidence, setHasEvidence] = useState(false);
  const wanted = hasEvidence ? items : items.filter(({ kind }) => kind !== 'evidence');
  const shown = isWhole ? wanted : wanted.slice(0, shownAtFirst);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={hasEvidence}
          onChange={({ currentTarget }) => setHasEvidence(currentTarget.checked)}
        />{' '}
        show evidence as well
      </label>
      <ol class="timeline">
        {shown.map((item) => (
          <li key={item.sequence} class={item.kind}>
            <Moment atMs={item.atMs} nowMs={nowMs} />
            <div>
              <b>{item.text}</b>
              {item.kind === 'rolled-back' && <Badge tone="warn">rollback</Badge>}
              {automatic.test(item.reason) && <Badge tone="bad">automatic</Badge>}
              {item.isForced && <Badge tone="warn">forced</Badge>}
              <p class="quiet">
                {item.by}
                {item.reason !== '' && `: ${item.reason}`}
              </p>
            </div>
          </li>
        ))}
      </ol>
      {wanted.length > shown.length && (
        <button type="button" onClick={() => setIsWhole(true)}>
          Show all {wanted.length}
        </button>
      )}
    </section>
  );
}
