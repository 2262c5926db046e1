import { useState } from 'preact/hooks';
import type { VerdictItem } from '../../core/verdict-views.ts';
import { countText } from '../format.ts';
import { AwaitedSection } from './awaited-section.tsx';
import { Badge, type Tone } from './badge.tsx';
import { FigureRow } from './figure-row.tsx';
import { Moment } from './moment.tsx';

const shownAtFirst = 8;

/** What the monitor decided of versions, and from what: what it took back by itself stands out. */
export function VerdictSection({
  verdicts,
  nowMs,
}: {
  readonly verdicts: readonly VerdictItem[] | undefined;
  readonly nowMs: number;
}) {
  return (
    <AwaitedSection id="verdicts" title="Verdicts of the monitor" data={verdicts}>
      {(known) => <VerdictList verdicts={known} nowMs={nowMs} />}
    </AwaitedSection>
  );
}

function VerdictList({
  verdicts,
  nowMs,
}: {
  readonly verdicts: readonly VerdictItem[];
  readonly nowMs: number;
}) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? verdicts : verdicts.slice(0, shownAtFirst);
  if (verdicts.length === 0) return <p class="quiet">nothing was decided yet</p>;
  return (
    <>
      <ul class="checklist">
        {shown.map((verdict) => (
          <Verdict key={verdict.id} verdict={verdict} nowMs={nowMs} />
        ))}
      </ul>
      {verdicts.length > shown.length && (
        <button type="button" onClick={() => setIsWhole(true)}>
          Show all {verdicts.length}
        </button>
      )}
    </>
  );
}

const tones: ReadonlyMap<string, Tone> = new Map([
  ['keep', 'good'],
  ['pass', 'good'],
  ['hold', 'warn'],
  ['inconclusive', 'warn'],
  ['fail', 'bad'],
  ['rollback', 'bad'],
  ['fall-back', 'bad'],
  ['freeze', 'bad'],
]);

/** What the decisions of a guard do to the version in production. */
const takenBack: ReadonlySet<string> = new Set(['rollback', 'fall-back', 'freeze']);

function Verdict({ verdict, nowMs }: { readonly verdict: VerdictItem; readonly nowMs: number }) {
  const { id, kind, version, baselineVersion, decision, sinceMs, atMs, count } = verdict;
  return (
    <li id={id}>
      <Badge tone={tones.get(decision) ?? 'calm'}>{decision}</Badge>
      <details open={takenBack.has(decision)}>
        <summary>
          <b>{kind === 'gates' ? 'shadow gates' : kind}</b> of version {version}
          {baselineVersion > 0 && ` against version ${baselineVersion}`}
          <span class="quiet">
            {', '}
            <Moment atMs={atMs} nowMs={nowMs} />
            {count > 1 && (
              <>
                , {countText(count)} times since <Moment atMs={sinceMs} nowMs={nowMs} />
              </>
            )}
          </span>
        </summary>
        {verdict.statement.split(/; (?=G\d )/).map((found) => (
          <p key={found}>{found}</p>
        ))}
        <FigureRow figures={verdict.figures} />
        <p>
          decided again by <code>npx mlmesh explain {id}</code>
        </p>
      </details>
    </li>
  );
}
