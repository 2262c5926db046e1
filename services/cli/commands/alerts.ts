import type { Command } from 'commander';
import { withoutControlCharacters } from '../../shared/kernel/control-characters.ts';
import { parseDuration } from '../../shared/kernel/units.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import { type MeshOptions, type MeshSession, newMeshCommand, withMesh } from '../mesh-command.ts';
import { renderAlertLine, renderAlerts, renderSilences } from '../rpc/alert-views.ts';

interface AlertsOptions extends MeshOptions {
  readonly all?: true;
  readonly watch?: true;
}

interface SilenceOptions extends MeshOptions {
  readonly rule?: string;
  readonly model?: string;
  readonly subject?: string;
  readonly for: string;
  readonly reason: string;
}

/** Gives the command `alerts` and those below it. */
export function alertsCommand(context: CommandContext): Command {
  return (
    newMeshCommand('alerts', {
      summary: 'list the alerts that are pending, firing or silenced, and silence them',
      examples: [
        'alerts',
        'alerts --all --json',
        'alerts --watch                 print each change until Ctrl-C',
        'alerts silence alert-17 --for 2h --reason "the disk is being replaced"',
      ],
    })
      .option('--all', 'those that are over as well')
      .option('--watch', 'print those that there are, then each change as a line, until Ctrl-C')
      .action((options: AlertsOptions) =>
        withMesh(options, context, (session) =>
          options.watch === true ? watchAlerts(session, options) : listAlerts(session, options),
        ),
      )
      // What stands behind the name of a command below is that command's.
      .enablePositionalOptions()
      .addCommand(silenceCommand(context))
      .addCommand(silencesCommand(context))
      .addCommand(unsilenceCommand(context))
  );
}

async function listAlerts({ mesh, context }: MeshSession, { all }: AlertsOptions) {
  const includeResolved = all === true;
  const { signal } = context;
  const { alerts } = await mesh.monitor.listAlerts({ includeResolved }, { signal });
  const none = includeResolved ? 'no alerts so far\n' : 'no alert is firing\n';
  return { json: { alerts }, text: alerts.length === 0 ? none : renderAlerts(alerts) };
}

async function watchAlerts(
  { mesh, context }: MeshSession,
  { json }: AlertsOptions,
): Promise<undefined> {
  const { signal, output } = context;
  try {
    for await (const { alerts } of mesh.monitor.watchAlerts({}, { signal })) {
      for (const alert of alerts) {
        const line = json ? `${JSON.stringify(alert)}\n` : renderAlertLine(alert);
        output.out(json ? line : withoutControlCharacters(line));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error; // Ctrl-C is the regular end
  }
  return undefined;
}

function silenceCommand(context: CommandContext): Command {
  return newMeshCommand('silence', {
    summary:
      'keep an alert, or all of a rule, a model or a subject, from being delivered for a while',
    examples: [
      'alerts silence alert-17 --for 2h --reason "the disk is being replaced"',
      'alerts silence --rule service-silent --subject prediction --for 30min --reason "new machine"',
    ],
  })
    .argument('[alert-id]', 'the alert, such as alert-17')
    .option('--rule <name>', 'all alerts of a rule')
    .option('--model <name>', 'all alerts of a model')
    .option('--subject <name>', 'all alerts of a column, a version or a service')
    .requiredOption('--for <duration>', 'how long, such as 30min, 2h or 7d')
    .requiredOption('--reason <text>', 'why, for the record')
    .action((alertId: string | undefined, options: SilenceOptions) => {
      const { rule = '', model = '', subject = '', reason } = options;
      if ((alertId === undefined) === (`${rule}${model}${subject}` === '')) {
        throw new UsageError(
          'wanted either an alert, or at least one of --rule, --model and --subject',
        );
      }
      const request = {
        alertId: alertId ?? '',
        ...{ rule, model, subject, reason },
        durationMs: parseDuration(options.for),
      };
      return withMesh(options, context, async ({ mesh }) => {
        const { silence } = await mesh.monitor.silence(request, { signal: context.signal });
        return { json: { silence }, text: silence === null ? '' : renderSilences([silence]) };
      });
    });
}

function silencesCommand(context: CommandContext): Command {
  return newMeshCommand('silences', {
    summary: 'list the silences',
    examples: ['alerts silences', 'alerts silences --all --json'],
  })
    .option('--all', 'those that are over as well')
    .action((options: AlertsOptions) =>
      withMesh(options, context, async ({ mesh }) => {
        const includeEnded = options.all === true;
        const { signal } = context;
        const { silences } = await mesh.monitor.listSilences({ includeEnded }, { signal });
        const text = silences.length === 0 ? 'nothing is silenced\n' : renderSilences(silences);
        return { json: { silences }, text };
      }),
    );
}

function unsilenceCommand(context: CommandContext): Command {
  return newMeshCommand('unsilence', {
    summary: 'end a silence before its time',
    examples: ['alerts unsilence silence-3'],
  })
    .argument('<silence-id>', 'the silence, such as silence-3')
    .action((silenceId: string, options: MeshOptions) =>
      withMesh(options, context, async ({ mesh }) => {
        const { silence } = await mesh.monitor.endSilence(
          { silenceId },
          { signal: context.signal },
        );
        return { json: { silence }, text: silence === null ? '' : renderSilences([silence]) };
      }),
    );
}
