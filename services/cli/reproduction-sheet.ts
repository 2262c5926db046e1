import type { ReproductionResult, SetDifference } from '../shared/platform/process/training-job.ts';
import { formatCount, formatTime } from './format.ts';
import { renderTable } from './table.ts';

// 8: beyond that one looks at the JSON.
const partsShown = 8;

/** Writes what was recorded of a version beside what came out when it was made again, and where data differ. */
export function renderReproduction(result: ReproductionResult): string {
  const { model, version, isReproduced, items, differences, notes } = result;
  const rows = items.map(({ what, recorded, reproduced, isEqual }) => [
    what,
    short(recorded),
    short(reproduced),
    isEqual ? 'yes' : 'NO',
  ]);
  const verdict = isReproduced
    ? `version ${version} of ${model} is reproduced: everything is equal, bit for bit`
    : `version ${version} of ${model} is not reproduced`;
  return [
    renderTable(['what', 'recorded', 'reproduced', 'equal'], rows),
    ...differences.map(renderDifference),
    ...notes.map((note) => `note: ${note}\n`),
    `${verdict}\n`,
  ].join('');
}

/** Digests are told apart by their first 16 digits here; --json has all of them. */
function short(text: string): string {
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 16) : text;
}

function renderDifference(difference: SetDifference): string {
  const { set, columns, parts, rowsChanged, rowsMissing, rowsNew, firstRow } = difference;
  const counts = [
    `${formatCount(rowsChanged)} changed`,
    `${formatCount(rowsMissing)} missing`,
    `${formatCount(rowsNew)} new`,
  ];
  const lines = [
    `the ${set} data differ in ${columns.join(', ')}; rows: ${counts.join(', ')}`,
    ...parts
      .slice(0, partsShown)
      .map(
        (part) =>
          `  ${formatTime(part.fromMs)} to ${formatTime(part.untilMs)} UTC, ${formatCount(part.rowsNow)} rows: ${part.columns.join(', ')}`,
      ),
  ];
  if (parts.length > partsShown) {
    lines.push(`  and ${parts.length - partsShown} more stretches of time`);
  }
  if (firstRow !== undefined) {
    const { row, atMs, eventId, kind } = firstRow;
    lines.push(
      `  first ${kind} row: number ${formatCount(row)}, event ${eventId} at ${formatTime(atMs)} UTC`,
    );
  }
  return `${lines.join('\n')}\n`;
}
