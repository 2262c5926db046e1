import type { Estimate, QualityRow, QualityView } from '../../core/outcome-views.ts';
import { countText, durationText, figureText, none, shareText, utcText } from '../format.ts';
import { AwaitedSection } from './awaited-section.tsx';
import { Badge } from './badge.tsx';
import { Scrollable } from './scrollable.tsx';

/** How good the answers of the version in production were, by the outcomes that have come, over all and by segment. */
export function QualitySection({ quality }: { readonly quality: QualityView | undefined }) {
  return (
    <AwaitedSection id="quality" title="Quality" data={quality}>
      {(known) => <Quality quality={known} />}
    </AwaitedSection>
  );
}

function Quality({ quality }: { readonly quality: QualityView }) {
  const { version, isMature, due, dueLabelled, maturityMin, labelHorizonMs, rows } = quality;
  return (
    <>
      {version === 0 && <p class="quiet">no version has answered callers yet</p>}
      {version > 0 && (
        <p>
          <Badge tone={isMature ? 'good' : 'warn'}>{isMature ? 'mature' : 'not mature'}</Badge>
          version {version}{' '}
          <span class="quiet">
            {countText(dueLabelled)} of {countText(due)} answers older than{' '}
            {durationText(labelHorizonMs)} have an outcome
            {!isMature && `; below ${shareText(maturityMin)} nothing is judged`}
          </span>
        </p>
      )}
      {version > 0 && rows.length === 0 && <p class="quiet">no outcome has come yet</p>}
      {rows.length > 0 && <QualityTable rows={rows} />}
      {rows.length > 0 && (
        <p class="quiet">
          answers of {utcText(quality.fromMs)} to {utcText(quality.untilMs)}; bounds of 95 %
        </p>
      )}
    </>
  );
}

function QualityTable({ rows }: { readonly rows: readonly QualityRow[] }) {
  return (
    <Scrollable name="Quality by segment">
      <table>
        <thead>
          <tr>
            <th scope="col">Answers</th>
            <th scope="col" class="number">
              Outcomes
            </th>
            <th scope="col">AUC</th>
            <th scope="col" class="number">
              Log loss
            </th>
            <th scope="col" class="number">
              Brier
            </th>
            <th scope="col" class="number">
              Positive
            </th>
            <th scope="col" class="number">
              said
            </th>
            <th scope="col">Observed of expected</th>
            <th scope="col" class="number">
              ECE
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" class="unbroken">
                {row.name}
              </th>
              <td class="number">{countText(row.rows)}</td>
              <td>
                <EstimateText estimate={row.auc} />
              </td>
              <td class="number">{figureText(row.logLoss)}</td>
              <td class="number">{figureText(row.brier)}</td>
              <td class="number">{shareText(row.positiveShare)}</td>
              <td class="number">{shareText(row.meanProbability)}</td>
              <td>
                <EstimateText estimate={row.observedOverExpected} />
              </td>
              <td class="number">{figureText(row.ece)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function EstimateText({ estimate }: { readonly estimate: Estimate | undefined }) {
  if (estimate === undefined) return <span class="quiet">{none}</span>;
  const { value, lower, upper } = estimate;
  return (
    <span class="unbroken">
      {value.toFixed(3)}{' '}
      <span class="quiet">
        {lower.toFixed(3)} to {upper.toFixed(3)}
      </span>
    </span>
  );
}
