import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatTime } from '../format.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { severityOf } from '../rpc/wire-names.ts';
import { renderTable } from '../table.ts';

/** Gives the command `alerts`. */
export function alertsCommand(context: CommandContext): Command {
  return newMeshCommand('alerts', {
    summary: 'list the alerts that are firing, with their evidence',
    examples: ['alerts', 'alerts --all --json'],
  })
    .option('--all', 'those that are over as well')
    .action((options: MeshOptions & { readonly all?: true }) =>
      withMesh(options, context, async ({ mesh }) => {
        const includeResolved = options.all === true;
        const { alerts } = await mesh.monitor.listAlerts(
          { includeResolved },
          { signal: context.signal },
        );
        const rows = alerts.map((alert) => [
          severityOf(alert.severity),
          alert.rule,
          alert.model === '' ? '-' : alert.model,
          formatTime(alert.sinceMs),
          alert.untilMs === 0 ? 'firing' : formatTime(alert.untilMs),
          alert.message,
        ]);
        const heads = ['severity', 'rule', 'model', 'since (UTC)', 'until', 'what'];
        const none = includeResolved ? 'no alerts so far\n' : 'no alert is firing\n';
        return { json: { alerts }, text: rows.length === 0 ? none : renderTable(heads, rows) };
      }),
    );
}
