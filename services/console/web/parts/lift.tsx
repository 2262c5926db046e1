import type { CohortRow, LiftPoint, LiftView } from '../../core/outcome-views.ts';
import type { CohortItem } from '../../core/views.ts';
import { countText, durationText, figureText, none, shareText, signedText } from '../format.ts';
import { AwaitedSection } from './awaited-section.tsx';
import { Badge, type Tone } from './badge.tsx';
import { Chart } from './chart.tsx';
import { IntervalBar } from './interval-bar.tsx';
import { Scrollable } from './scrollable.tsx';

/** What the version in production brings to the business, against the control cohort. */
export function LiftSection({
  lift,
  cohorts,
}: {
  readonly lift: LiftView | undefined;
  readonly cohorts: readonly CohortItem[];
}) {
  const hasCohort = cohorts.some(({ role }) => role === 'control');
  return (
    <AwaitedSection id="lift" title="Lift" data={lift}>
      {(known) => {
        if ((known.control?.answers ?? 0) > 0) return <Lift lift={known} />;
        return hasCohort ? <SilentControl /> : <NoControl />;
      }}
    </AwaitedSection>
  );
}

function SilentControl() {
  return (
    <p>
      <b>Control has answered nobody yet.</b>{' '}
      <span class="quiet">There is nothing to compare with so far.</span>
    </p>
  );
}

function NoControl() {
  return (
    <p>
      <b>No control cohort.</b>{' '}
      <span class="quiet">
        Its share is 0 %, so what the model brings can't be measured. The policy of the model gives
        it one: <code>{"control: { share: 0.05, serve: 'rules' }"}</code>
      </span>
    </p>
  );
}

const verdicts: Readonly<Record<LiftView['verdict'], { tone: Tone; text: string }>> = {
  undecided: { tone: 'calm', text: 'undecided so far' },
  better: { tone: 'good', text: 'better than control' },
  worse: { tone: 'bad', text: 'worse than control' },
  invalid: { tone: 'warn', text: 'not comparable' },
};

function Lift({ lift }: { readonly lift: LiftView }) {
  const { version, verdict, lower, upper, relativeLift, alpha, liftMin, margin } = lift;
  const { tone, text } = verdicts[verdict];
  return (
    <>
      <p>
        <Badge tone={tone}>{text}</Badge>
        version {version}: <b>{signedText(lift.lift)}</b> a request
        {relativeLift !== undefined && `, ${relativeText(relativeLift)} of control`}
      </p>
      {lower === undefined || upper === undefined ? (
        <p class="quiet">no bounds with so few entities</p>
      ) : (
        <IntervalBar
          value={lift.lift}
          lower={lower}
          upper={upper}
          marks={[
            { at: 0, name: 'none' },
            ...(margin > 0 ? [{ at: -margin, name: 'loss tolerated' }] : []),
            ...(liftMin > 0 ? [{ at: liftMin, name: 'wanted' }] : []),
          ]}
          format={signedText}
          note={`holds at every look at once with ${shareText(1 - alpha)}`}
        />
      )}
      <LiftChart points={lift.points} />
      <CohortTable lift={lift} />
      <p class="quiet">
        {shareText(lift.share)} of the entities are the model's, {shareText(lift.wantedShare)} were
        to be
        {verdict === 'invalid' &&
          `: by chance in one of ${countText(1 / Math.max(1e-6, lift.sampleRatioPValue))} meshes, so the cohorts are not compared`}
        {lift.explanation !== '' && `. With the loss: ${lift.explanation}`}
      </p>
    </>
  );
}

/** Not a share: what control brings may be next to nothing, so it may be any multiple of it. */
function relativeText(ratio: number): string {
  return `${signedText(Number((100 * ratio).toPrecision(3)))} %`;
}

/** The bounds as they narrowed while the console looked. */
function LiftChart({ points }: { readonly points: readonly LiftPoint[] }) {
  if (points.length < 2) return null;
  const line = (name: string, color: string, of: (point: LiftPoint) => number) => ({
    ...{ name, color },
    values: points.map(of),
  });
  const last = points.at(-1);
  return (
    <Chart
      title="Lift and its bounds"
      summary={
        last === undefined ? '' : `${signedText(last.lower)} to ${signedText(last.upper)} now`
      }
      times={points.map(({ atMs }) => atMs)}
      lines={[
        line('upper', '--edge', ({ upper }) => upper),
        line('lift', '--line-1', ({ lift }) => lift),
        line('lower', '--edge', ({ lower }) => lower),
        line('none', '--line-3', () => 0),
      ]}
      format={signedText}
      topMin={0}
    />
  );
}

function CohortTable({ lift }: { readonly lift: LiftView }) {
  const { version, model, control, before } = lift;
  const rows: readonly (readonly [string, CohortRow | undefined])[] = [
    [`version ${version}`, model],
    ['control', control],
    ['before it', before],
  ];
  return (
    <Scrollable name="Cohorts by what came of their answers">
      <table>
        <thead>
          <tr>
            <th scope="col">Cohort</th>
            <th scope="col" class="number">
              Answers
            </th>
            <th scope="col" class="number">
              Degraded
            </th>
            <th scope="col" class="number">
              Outcomes
            </th>
            <th scope="col" class="number">
              Entities
            </th>
            <th scope="col" class="number">
              Value
            </th>
            <th scope="col" class="number">
              p99
            </th>
            <th scope="col" class="number">
              AUC
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(
            ([name, row]) => row !== undefined && <Cohort key={name} name={name} row={row} />,
          )}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Cohort({ name, row }: { readonly name: string; readonly row: CohortRow }) {
  const { answers, degraded, labelled, entities, meanValue, latencyP99Ms, auc } = row;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{countText(answers)}</td>
      <td class="number">{answers === 0 ? none : shareText(degraded / answers)}</td>
      <td class="number">{countText(labelled)}</td>
      <td class="number">{countText(entities)}</td>
      <td class="number">{labelled === 0 ? none : figureText(meanValue)}</td>
      <td class="number">{durationText(latencyP99Ms)}</td>
      <td class="number">{figureText(auc)}</td>
    </tr>
  );
}
