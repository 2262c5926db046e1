import type { BinaryMetrics, SetEvaluation } from '../shared/compute/evaluation-file.ts';
import { formatCount } from './format.ts';
import { renderTable } from './table.ts';

/** What was measured of one version. */
export interface MeasuredVersion {
  readonly name: string;
  readonly sets: readonly SetEvaluation[];
}

/** Writes how good a version is on each set, and on the segments of it, each figure beside what it has to beat. */
export function renderEvaluation({ name, sets }: MeasuredVersion): string {
  const rows = sets.flatMap(({ role, rows: count, metrics, segments }) => {
    const whole = [role, 'all rows', ...figures(count, metrics), metrics.ece.toFixed(4)];
    const line = `${metrics.calibrationSlope.toFixed(3)} ${signed(metrics.calibrationIntercept)}`;
    const parts = segments.map((segment) => [
      role,
      `${segment.column} ${segment.isRest ? '(all others)' : segment.value || '(none)'}`,
      ...figures(segment.rows, segment.metrics),
      '',
      '',
    ]);
    return [[...whole, line], ...parts];
  });
  return `${name}\n${renderTable(heads, rows)}`;
}

const heads = [
  'measured on',
  'segment',
  'rows',
  'positive',
  'auc',
  'log loss',
  'of the base rate',
  'brier',
  'ece',
  'calibration',
];

function figures(
  rows: number,
  metrics: BinaryMetrics & { readonly baselineLogLoss: number },
): readonly string[] {
  return [
    formatCount(rows),
    metrics.positiveRate.toFixed(4),
    metrics.auc.toFixed(4),
    metrics.logLoss.toFixed(4),
    metrics.baselineLogLoss.toFixed(4),
    metrics.brier.toFixed(4),
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
