import type { Command } from 'commander';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import type { CommandContext } from '../command-context.ts';
import { formatCount, formatDuration, formatShare, formatTime } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import { parseModelOrVersion } from '../version-ref.ts';

/** The log is read for it. */
const readMs = durationMs(60_000);

type Quality = ClientResponseOf<'mlmesh.monitor.v1.MonitorService', 'getQuality'>;
type Figures = Quality['all'];

/** Gives the command `quality`: how good the answers of a version were, by the outcomes that have come. */
export function qualityCommand(context: CommandContext): Command {
  return newMeshCommand('quality <model> [version]', {
    summary: 'show how good the answers of a version were, by the outcomes that have come',
    examples: ['quality flight-delay', 'quality flight-delay@3 --json'],
  }).action((text: string, which: string | undefined, options: MeshOptions) => {
    const wanted = parseModelOrVersion(text, which);
    return withMesh(options, context, async ({ mesh }) => {
      const reading = { signal: context.signal, timeoutMs: readMs };
      const quality = await mesh.monitor.getQuality(wanted, reading);
      const text = renderQuality(wanted.model, quality);
      return { json: { model: wanted.model, ...quality }, text };
    });
  });
}

function renderQuality(model: string, quality: Quality): string {
  const { version, all, segments, due, dueLabelled, isMature } = quality;
  if (version === 0) return `${model}: no version has answered callers yet\n`;
  const horizon = formatDuration(quality.labelHorizonMs);
  const maturity = `${formatCount(dueLabelled)} of ${formatCount(due)} answers of more than ${horizon} ago have an outcome`;
  const few = isMature
    ? ''
    : `; fewer than ${formatShare(quality.maturityMin)} are not judged: the early outcomes may be of another kind`;
  if (all === null) return `${model}@${version}: no outcome has come yet (${maturity})\n`;
  const heads = [
    '',
    'rows',
    'AUC',
    'log loss',
    'Brier',
    'positive',
    'said',
    'observed/expected',
    'ECE',
  ];
  const rows = [
    figuresRow('all', all),
    ...segments.map(({ key, value, figures }) => figuresRow(`${key} ${value}`, figures)),
  ];
  const interval = `${formatTime(quality.fromMs)} to ${formatTime(quality.untilMs)}`;
  return `${model}@${version}, ${interval}: ${maturity}${few}\n\n${renderTable(heads, rows)}`;
}

function figuresRow(name: string, figures: Figures): readonly string[] {
  if (figures === null) return [name, '0', '-', '-', '-', '-', '-', '-', '-'];
  const { rows, auc, aucLower, aucUpper, observedOverExpected: ratio } = figures;
  const { observedOverExpectedLower: lower, observedOverExpectedUpper: upper } = figures;
  return [
    name,
    formatCount(rows),
    auc === undefined ? '-' : `${auc.toFixed(3)} (${between(aucLower, aucUpper, 3)})`,
    figures.logLoss.toFixed(4),
    figures.brier.toFixed(4),
    formatShare(figures.positiveRate),
    formatShare(figures.meanProbability),
    ratio === undefined ? '-' : `${ratio.toFixed(2)} (${between(lower, upper, 2)})`,
    figures.ece.toFixed(3),
  ];
}

function between(lower: number | undefined, upper: number | undefined, digits: number): string {
  return `${(lower ?? Number.NaN).toFixed(digits)} to ${(upper ?? Number.NaN).toFixed(digits)}`;
}
