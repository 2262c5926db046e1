import { timeText } from '../../shared/definition/date-text.ts';
import type { AlertEvidence, AlertSource, FiringAlert } from '../core/alert-source.ts';
import type { FoundColumn } from '../core/windows/judge-counts.ts';
import { isCurrentWindow } from './current-window.ts';
import type { ClosedWindow, WindowLoop } from './window-loop.ts';

/** Columns that a message names; the others are counted. */
const namedMax = 3;
/** Columns whose numbers go into the evidence. */
const evidenceMax = 20;

/** Raises `input-drift` for each version that still answers and whose inputs have left its reference, naming what drifts. */
export class InputDriftSource implements AlertSource {
  readonly #loop: Pick<WindowLoop, 'latest'>;

  constructor(loop: Pick<WindowLoop, 'latest'>) {
    this.#loop = loop;
  }

  firing(): readonly FiringAlert[] {
    const latest = [...this.#loop.latest()];
    return latest.filter((window) => isCurrentWindow(window, latest)).flatMap(alertOf);
  }
}

function alertOf(window: ClosedWindow): readonly FiringAlert[] {
  const { model, version, profileDigest, answer, plan } = window;
  const drifting = answer.columns
    .filter((column) => column.drifting.length > 0)
    .sort((left, right) => excessOf(right) - excessOf(left));
  if (drifting.length === 0) return [];
  const named = drifting.slice(0, namedMax).map(describe).join('; ');
  const others = drifting.length - Math.min(drifting.length, namedMax);
  const more = others > 0 ? ` and ${others} more` : '';
  const inputs = answer.columns.filter(({ side }) => side === 'input').length;
  return [
    {
      rule: 'input-drift',
      model,
      subject: `version ${version}`,
      severity: 'TICKET',
      message: `${drifting.length} of ${inputs} inputs of version ${version} have left its reference profile ${profileDigest.slice(0, 12)}: ${named}${more}; window ${timeText(answer.startMs)} to ${timeText(answer.endMs)}, ${Math.round(answer.effectiveRows)} effective of ${answer.answers} answers. Both versions of a release see the same inputs, so rolling back would not help: see \`mlmesh drift ${model}\`, and train on newer data if quality falls`,
      evidence: evidenceOf({ version, profileDigest, answer, plan, drifting }),
    },
  ];
}

function describe(column: FoundColumn): string {
  const { name, drift, thresholds, verdicts, drifting } = column;
  const sinceMs = Math.min(...drifting.map((one) => one.sinceMs));
  const parts = drifting.map(({ aspect }) => {
    const finding = verdicts.find((verdict) => verdict.aspect === aspect)?.finding;
    const effect = finding?.effect ?? drift.effect;
    const p = finding === undefined ? '' : `, p ${probabilityText(finding.adjustedPValue)}`;
    return `${aspect} off by ${effect.toFixed(2)} where ${thresholds[aspect].toFixed(2)} is usual${p}`;
  });
  const { median, referenceMedian } = column;
  const moved =
    median === undefined || referenceMedian === undefined
      ? ''
      : `, median ${shortNumber(referenceMedian)} to ${shortNumber(median)}`;
  return `${name} (${parts.join(', ')}${moved}, since ${timeText(sinceMs)})`;
}

function evidenceOf({
  version,
  profileDigest,
  answer,
  plan,
  drifting,
}: Pick<ClosedWindow, 'version' | 'profileDigest' | 'answer' | 'plan'> & {
  readonly drifting: readonly FoundColumn[];
}): AlertEvidence {
  const columns = drifting.slice(0, evidenceMax).flatMap(({ name, verdicts, drifting: aspects }) =>
    aspects.flatMap(({ aspect, sinceMs }): [string, number][] => {
      const finding = verdicts.find((verdict) => verdict.aspect === aspect)?.finding;
      const key = `${name}.${aspect}`;
      return [
        [`${key}.sinceMs`, sinceMs],
        ...(finding === undefined
          ? []
          : ([
              [`${key}.effect`, finding.effect],
              [`${key}.threshold`, finding.threshold],
              [`${key}.adjustedPValue`, finding.adjustedPValue],
            ] satisfies [string, number][])),
      ];
    }),
  );
  return {
    version,
    profileDigest,
    startMs: answer.startMs,
    endMs: answer.endMs,
    answers: answer.answers,
    effectiveRows: answer.effectiveRows,
    effectiveRowsMin: plan.effectiveRowsMin,
    significance: plan.significance,
    rule: plan.rule,
    driftingInputs: drifting.length,
    ...Object.fromEntries(columns),
  };
}

/** How far above its threshold the column is. */
function excessOf({ drift, thresholds }: FoundColumn): number {
  return drift.effect / thresholds.distribution;
}

function probabilityText(p: number): string {
  return p < 1e-4 ? p.toExponential(0) : p.toFixed(4);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
