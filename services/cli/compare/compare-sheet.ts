import { formatCount, formatDuration, formatShare, formatTime } from '../format.ts';
import { renderTable } from '../table.ts';
import { baselineName, type ComparedShadow } from './compared-shadow.ts';

/** Writes a comparison as tables: figures of both, gates, and segments. */
export function renderComparison(compared: ComparedShadow): string {
  const { model, version, segmentBy, comparison, judged, detail } = compared;
  const { expected, pairs, fromMs, untilMs } = comparison;
  if (expected === 0) {
    return `no request was to be answered by version ${version} of ${model} as a shadow\n`;
  }
  const gates = judged.gates.map(({ gate, kind, verdict, statement }) => [
    gate,
    kind,
    verdict,
    statement,
  ]);
  return [
    `${model}: version ${version} against ${baselineName(compared)} on ${formatCount(pairs)} pairs of ${formatCount(expected)} requests, ${formatTime(fromMs)} to ${formatTime(untilMs)} UTC\n\n`,
    renderTable(
      ['figure', `version ${version}`, baselineName(compared)],
      comparedFigures(compared),
    ),
    '\n',
    renderTable(['gate', 'evidence', 'verdict', 'found'], gates),
    verdictLine(judged.verdict),
    ...(detail.segments.length === 0
      ? []
      : ['\n', renderTable(segmentHeads(segmentBy), detail.segments.map(segmentRow))]),
  ].join('');
}

/** What is compared out of a file is stored nowhere. */
function verdictLine(verdict: ComparedShadow['judged']['verdict']): string {
  const { decision = '-', verdictId = '-' } = verdict ?? {};
  return verdictId === ''
    ? `verdict ${decision}, from a file\n`
    : `verdict ${decision}: mlmesh explain ${verdictId}\n`;
}

/** Gives the rows of figures of both sides, as texts. */
export function comparedFigures({
  comparison,
  judged,
  detail,
}: ComparedShadow): readonly (readonly [figure: string, shadow: string, baseline: string])[] {
  const { answered, expected, pairs, flips, labelled } = comparison;
  const calibration = judged.gates.find(({ kind }) => kind === 'calibration')?.figures ?? {};
  const at = (share: number) => detail.latencies.find((latency) => latency.share === share);
  const known = (value: number) => (labelled === 0 ? '-' : value.toFixed(4));
  const said = (value = Number.NaN) => (Number.isFinite(value) ? value.toFixed(4) : '-');
  const ms = (value: number | undefined) => (value ? formatDuration(value) : '-');
  return [
    ['answered', `${formatCount(answered)}, ${formatShare(answered / expected)}`, '-'],
    [
      'other decision',
      `${formatCount(flips)}, ${formatShare(pairs === 0 ? 0 : flips / pairs)}`,
      '-',
    ],
    ['known outcomes', formatCount(labelled), formatCount(labelled)],
    ['log loss', known(comparison.shadowLogLoss), known(comparison.baselineLogLoss)],
    ['AUC', known(comparison.shadowAuc), known(comparison.baselineAuc)],
    ['calibration error', said(calibration['ece']), said(calibration['baseline_ece'])],
    ['median time', ms(at(0.5)?.shadowMs), ms(at(0.5)?.baselineMs)],
    ['p99 time', ms(at(0.99)?.shadowMs), ms(at(0.99)?.baselineMs)],
  ];
}

/** Gives the heads of the table of segments. */
export function segmentHeads(segmentBy: string): readonly string[] {
  return [
    segmentBy,
    'requests',
    'answered',
    'other decision',
    'outcomes',
    'log loss',
    'baseline',
    'p99',
  ];
}

/** Gives a row of the table of segments, as texts. */
export function segmentRow(
  segment: ComparedShadow['detail']['segments'][number],
): readonly string[] {
  const { value, requests, answered, pairs, flips, labelled } = segment;
  const known = (loss: number) => (labelled === 0 ? '-' : loss.toFixed(4));
  return [
    value,
    formatCount(requests),
    formatShare(answered / Math.max(1, requests)),
    formatShare(pairs === 0 ? 0 : flips / pairs),
    formatCount(labelled),
    known(segment.shadowLogLoss),
    known(segment.baselineLogLoss),
    segment.shadowP99Ms > 0 ? formatDuration(segment.shadowP99Ms) : '-',
  ];
}
