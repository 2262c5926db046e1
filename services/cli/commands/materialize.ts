import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatCount } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { parseDurationOption, parseTime } from '../parse-assignments.ts';
import { materializeGrid } from '../rpc/materialize-stream.ts';
import { renderTable } from '../table.ts';
import { showStep } from '../up/step-progress.ts';

interface MaterializeOptions extends MeshOptions {
  readonly every: string;
  readonly from: string;
  readonly to: string;
}

/** Gives the command `features materialize`: writes a view's values on a grid of times to the warehouse. */
export function materializeCommand(context: CommandContext): Command {
  return newMeshCommand('materialize <view>', {
    summary: "write a view's offline features on a grid of times to Parquet files",
    examples: [
      'features materialize flights/origin --every 1d --from 2001-05-01 --to 2001-06-01',
      'features materialize flights/origin,destination --every 6h --from 2001-05-01 --to 2001-05-08 --json',
    ],
  })
    .requiredOption('--every <duration>', 'step of the grid, such as 1d or 6h; in UTC')
    .requiredOption('--from <time>', 'first time of the grid')
    .requiredOption('--to <time>', 'end of the grid, not included')
    .action((view: string, options: MaterializeOptions) =>
      withMesh(options, context, (session) => materialize(session, view, options)),
    );
}

async function materialize(
  { mesh, context }: MeshSession,
  view: string,
  options: MaterializeOptions,
): Promise<CommandResult> {
  const wanted = {
    view,
    fromMs: parseTime('--from', options.from),
    untilMs: parseTime('--to', options.to),
    everyMs: parseDurationOption('--every', options.every),
  };
  const made: Awaited<ReturnType<typeof materializeGrid>>[] = [];
  await showStep('materialize', context, async (report) => {
    const summary = await materializeGrid(mesh, wanted, {
      onProgress: (share, stage) => report(share, stage),
      signal: context.signal,
    });
    made.push(summary);
    const rows = summary.months.reduce((sum, month) => sum + month.rows, 0);
    const fresh = summary.months.filter(({ isMade }) => isMade).length;
    return `${formatCount(rows)} rows, ${fresh} of ${summary.months.length} months made`;
  });
  const [summary] = made;
  if (summary === undefined) throw new Error('a step that succeeds gives its summary');
  const months = summary.months.map(({ month, rows, isMade, logOffset }) => [
    month,
    formatCount(rows),
    isMade ? 'made' : 'was there',
    formatCount(logOffset),
  ]);
  const text = [
    renderTable(['month', 'rows', '', 'log offset'], months),
    `${summary.features.join(', ')} of ${view}, in ${summary.folder}\n`,
  ].join('\n');
  return { json: summary, text };
}
