import type { ComparisonItem } from '../../core/views.ts';
import { countText, durationText, figureText, shareText } from '../format.ts';
import { Figure } from './figure.tsx';

/** How each shadow compares with what answers callers, on the newest requests that both were to see. */
export function ComparisonSection({
  comparisons,
}: {
  readonly comparisons: readonly ComparisonItem[];
}) {
  return (
    <section aria-labelledby="comparison">
      <h2 id="comparison">Shadows against production</h2>
      {comparisons.length === 0 && <p class="quiet">no version shadows this model</p>}
      {comparisons.map((one) => (
        <Comparison key={one.version} compared={one} />
      ))}
    </section>
  );
}

function Comparison({ compared }: { readonly compared: ComparisonItem }) {
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
          value={pairs === 0 ? figureText(undefined) : signed(compared.scoreDifference)}
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
              : signed(compared.lossDifference)
          }
          note={`at most ${compared.lossDifferenceUpper === undefined ? 'unknown' : signed(compared.lossDifferenceUpper)}`}
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
    </>
  );
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${figureText(value)}`;
}
