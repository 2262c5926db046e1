import type { Command } from 'commander';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount, formatHash, formatShare, formatTime } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { parseTime } from '../parse-assignments.ts';
import { renderTable } from '../table.ts';
import { parseModelOrVersion } from '../version-ref.ts';

type Drift = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getDrift'>;
type Column = Drift['columns'][number];

interface DriftOptions extends MeshOptions {
  readonly open?: true;
  readonly until?: string;
}

/** Gives the command `drift`: how far the inputs of a version are from its reference. */
export function driftCommand(context: CommandContext): Command {
  return newMeshCommand('drift <model> [version]', {
    summary: 'show how far the inputs and outputs of a version are from its reference profile',
    examples: [
      'drift flight-delay',
      'drift flight-delay@3 --json',
      'drift flight-delay --until 2001-06-15',
      'drift flight-delay --open',
    ],
  })
    .option('--until <time>', 'the newest window that ended by then, UTC (default: the newest)')
    .option('--open', 'what the window that is still open has so far')
    .action((text: string, which: string | undefined, options: DriftOptions) => {
      const untilMs = options.until === undefined ? 0 : parseTime('until', options.until);
      const wanted = parseModelOrVersion(text, which);
      const request = { ...wanted, untilMs, isOpen: options.open === true };
      return withMesh(options, context, async ({ mesh }) => {
        const drift = await mesh.monitor.getDrift(request, { signal: context.signal });
        return {
          json: { model: wanted.model, ...drift },
          text: renderDrift(wanted.model, drift),
        };
      });
    });
}

function renderDrift(model: string, drift: Drift): string {
  const { version, status, gap, columns } = drift;
  if (columns.length === 0) return `${model}@${version}: ${gap}\n`;
  const window = `${formatTime(drift.startMs)} to ${formatTime(drift.endMs)}`;
  const lines = [
    `${model}@${version}, window ${window}: ${formatCount(drift.answers)} answers, ${formatCount(drift.effectiveRows)} effective`,
    `against its reference profile ${formatHash(drift.profileDigest)}, ${formatCount(drift.referenceRows)} rows`,
    '',
  ];
  const heads = [
    'column',
    'state',
    'effect',
    'usual',
    'p',
    'PSI',
    'JS',
    'W1/std',
    'missing',
    'unseen',
  ];
  const rows = [...columns.filter(({ isOutput }) => !isOutput)]
    .sort((left, right) => right.effect / right.threshold - left.effect / left.threshold)
    .map((column) => rowOf(column, status));
  const outputs = columns.filter(({ isOutput }) => isOutput).map((column) => rowOf(column, status));
  const table = renderTable([...heads, 'median'], [...rows, ...outputs]);
  const blame = drift.attribution === null ? '' : `${drift.attribution.text}\n`;
  return `${lines.join('\n')}\n${table}${noteOf(status, drift)}${blame}`;
}

function rowOf(column: Column, status: Drift['status']): readonly string[] {
  const { effect, threshold, adjustedPValue, psi, jensenShannon, wasserstein } = column;
  const { missingDifference, unseenShare, referenceMedian, median } = column;
  return [
    column.isOutput ? `-> ${column.name}` : column.name,
    stateOf(column, status),
    effect.toFixed(3),
    threshold.toFixed(3),
    column.isOutput || status !== 'DRIFT_STATUS_JUDGED' ? '-' : probabilityText(adjustedPValue),
    psi.toFixed(3),
    jensenShannon.toFixed(3),
    wasserstein === undefined ? '-' : wasserstein.toFixed(2),
    missingDifference === 0
      ? '-'
      : `${missingDifference > 0 ? '+' : ''}${(missingDifference * 100).toFixed(1)} %`,
    unseenShare === 0 ? '-' : formatShare(unseenShare),
    median === undefined || referenceMedian === undefined
      ? '-'
      : `${shortNumber(referenceMedian)} > ${shortNumber(median)}`,
  ];
}

function stateOf({ drifting, isOutput }: Column, status: Drift['status']): string {
  if (isOutput) return 'output';
  if (drifting.length === 0) return status === 'DRIFT_STATUS_JUDGED' ? 'as usual' : 'not judged';
  const sinceMs = Math.min(...drifting.map((one) => one.sinceMs));
  return `${drifting.map(({ aspect }) => aspect).join(', ')} since ${formatTime(sinceMs)}`;
}

function noteOf(status: Drift['status'], drift: Drift): string {
  const { effectiveRows, effectiveRowsMin, windowsNeeded, windowsLooked, significance } = drift;
  const few = `\n${formatCount(effectiveRows)} effective rows are fewer than ${formatCount(effectiveRowsMin)}: the window was not judged\n`;
  const rule = `\nan input drifts where its effect is above what is usual and p below ${significance}, in ${windowsNeeded} of ${windowsLooked} windows\n`;
  if (status === 'DRIFT_STATUS_OPEN') return `\n${drift.gap}: it is judged when it is over\n`;
  return status === 'DRIFT_STATUS_TOO_FEW_ROWS' ? few : rule;
}

function probabilityText(p: number): string {
  return p < 1e-4 ? p.toExponential(0) : p.toFixed(4);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
