import type { DriftColumn, DriftView } from '../../core/drift-views.ts';
import { countText, figureText, shareText, utcText } from '../format.ts';
import { AwaitedSection } from './awaited-section.tsx';
import { Badge, type Tone } from './badge.tsx';
import { Scrollable } from './scrollable.tsx';

/** How far inputs and outputs of the newest window are from the reference of their version. */
export function DriftSection({ drift }: { readonly drift: DriftView | undefined }) {
  return (
    <AwaitedSection id="drift" title="Drift" data={drift}>
      {(known) => <Drift drift={known} />}
    </AwaitedSection>
  );
}

function Drift({ drift }: { readonly drift: DriftView }) {
  const { version, status, gap, answers, effectiveRows, effectiveRowsMin, columns } = drift;
  const drifting = columns.filter((column) => column.drifting.length > 0);
  const tone: Tone = drifting.length > 0 ? 'warn' : status === 'judged' ? 'good' : 'calm';
  const word = drifting.length > 0 ? `${drifting.length} drift` : status;
  return (
    <>
      <p>
        <Badge tone={tone}>{word}</Badge>
        {version > 0 && <>version {version} against its reference </>}
        {columns.length > 0 && (
          <span class="quiet">
            {utcText(drift.startMs)} to {utcText(drift.endMs)}: {countText(answers)} answers, worth{' '}
            {countText(effectiveRows)} independent ones; judged from {countText(effectiveRowsMin)}{' '}
            on
          </span>
        )}
      </p>
      {gap !== '' && <p class="quiet">{gap}</p>}
      {columns.length > 0 && <DriftTable columns={columns} />}
    </>
  );
}

function DriftTable({ columns }: { readonly columns: readonly DriftColumn[] }) {
  return (
    <Scrollable name="Columns of the window">
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Distance from the reference</th>
            <th scope="col" class="number">
              Median, then
            </th>
            <th scope="col" class="number">
              now
            </th>
            <th scope="col" class="number">
              Missing
            </th>
            <th scope="col" class="number">
              PSI
            </th>
            <th scope="col" class="number">
              p
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={`${column.isOutput} ${column.name}`}>
              <th scope="row">
                {column.name}
                {column.isOutput && <span class="quiet"> (output)</span>}
                {column.drifting.map((aspect) => (
                  <Badge key={aspect} tone="warn">
                    {aspect}
                  </Badge>
                ))}
              </th>
              <td>
                <EffectBar column={column} />
              </td>
              <td class="number">{figureText(column.referenceMedian)}</td>
              <td class="number">{figureText(column.median)}</td>
              <td class="number">{signedShare(column.missingDifference)}</td>
              <td class="number">{figureText(column.psi)}</td>
              <td class="number">{figureText(column.adjustedPValue)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

/** The distance beside the one above which a column counts as drifted. */
function EffectBar({ column }: { readonly column: DriftColumn }) {
  const { effect, threshold, drifting, test } = column;
  return (
    <div
      class="effect"
      title={`${test}: ${figureText(effect)}, above ${figureText(threshold)} it counts as drifted`}
    >
      <div class="bar" aria-hidden="true">
        <span class={drifting.length > 0 ? 'bad' : ''} style={{ width: `${effect * 100}%` }} />
        <i style={{ left: `${Math.min(1, threshold) * 100}%` }} />
      </div>
      <span>
        {figureText(effect)} <span class="quiet">of {figureText(threshold)}</span>
      </span>
    </div>
  );
}

function signedShare(share: number): string {
  if (Math.abs(share) < 1e-9) return '0 %';
  return `${share > 0 ? '+' : '−'}${shareText(Math.abs(share))}`;
}
