import type { ComparisonItem } from '../../core/views.ts';
import { countText, durationText, figureText, shareText, signedText } from '../format.ts';
import { AwaitedSection } from './awaited-section.tsx';
import { ChecklistRows } from './checklist.tsx';
import { Figure } from './figure.tsx';

/** How each shadow compares with what answers callers, on the newest requests that both were to see. */
export function ComparisonSection({
  comparisons,
  nowMs,
}: {
  readonly comparisons: readonly ComparisonItem[] | undefined;
  readonly nowMs: number;
}) {
  return (
    <AwaitedSection id="comparison" title="Shadows against production" data={comparisons}>
      {(known) =>
        known.length === 0 ? (
          <p class="quiet">no version shadows this model</p>
        ) : (
          known.map((one) => <Comparison key={one.version} compared={one} nowMs={nowMs} />)
        )
      }
    </AwaitedSection>
  );
}

function Comparison({
  compared,
  nowMs,
}: {
  readonly compared: ComparisonItem;
  readonly nowMs: number;
}) {
  const { version, baselineVersion, pairs, flips, expected, answered } = compared;
  const failures = Object.entries(compared.failures);
  return (
    <>
      <h3>
        Version {version} against{' '}
        {baselineVersion === 0 ? 'what answers now' : `version ${baselineVersion}`}
      </h3>
      <dl class="figures">
        <Figure
          name="Pairs"
          value={countText(pairs)}
          note={`${countText(answered)} of ${countText(expected)} answered`}
        />
        <Figure
          name="Other decisions"
          value={shareText(pairs === 0 ? undefined : flips / pairs)}
          note={`at most ${shareText(compared.flipShareUpper)}`}
        />
        <Figure
          name="Score"
          value={pairs === 0 ? figureText(undefined) : signedText(compared.scoreDifference)}
          note="mean difference"
        />
        <Figure
          name="AUC"
          value={figureText(compared.shadowAuc)}
          note={`production ${figureText(compared.baselineAuc)}, ${countText(compared.labelled)} outcomes`}
        />
        <Figure
          name="Log loss"
          value={
            compared.lossDifference === undefined
              ? figureText(undefined)
              : signedText(compared.lossDifference)
          }
          note={`at most ${compared.lossDifferenceUpper === undefined ? 'unknown' : signedText(compared.lossDifferenceUpper)}`}
        />
        <Figure
          name="Latency p99"
          value={durationText(compared.shadowP99Ms)}
          note={`p50 ${durationText(compared.shadowP50Ms)}`}
        />
      </dl>
      {failures.length > 0 && (
        <p class="quiet">
          not answered: {failures.map(([why, count]) => `${countText(count)} ${why}`).join(', ')}
        </p>
      )}
      {compared.gates.length > 0 && (
        <div>
          <h4>Gates</h4>
          <ChecklistRows items={compared.gates} nowMs={nowMs} />
        </div>
      )}
    </>
  );
}
