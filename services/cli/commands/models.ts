import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { newCommandGroup } from '../new-command.ts';
import {
  listModels,
  promoteVersion,
  rollbackModel,
  showHistory,
  showVersion,
} from '../rpc/registry-views.ts';

/** Gives the commands `models ...`. */
export function modelsCommand(context: CommandContext): Command {
  return newCommandGroup('models', 'look at versions, and decide which one serves')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(historyCommand(context))
    .addCommand(promoteCommand(context))
    .addCommand(rollbackCommand(context));
}

function listCommand(context: CommandContext): Command {
  return newMeshCommand('list [model]', {
    summary: 'list versions and the aliases that point to them',
    examples: ['models list', 'models list flight-delay --json'],
  }).action((model: string | undefined, options: MeshOptions) =>
    withMesh(options, context, (session) => listModels(session, model ?? '')),
  );
}

function showCommand(context: CommandContext): Command {
  return newMeshCommand('show <model> [version-or-alias]', {
    summary: 'show where one version came from: data, code, hyperparameters, metrics',
    examples: ['models show flight-delay production', 'models show flight-delay 2 --json'],
  }).action((model: string, which: string | undefined, options: MeshOptions) =>
    withMesh(options, context, (session) => showVersion(session, model, which ?? 'production')),
  );
}

function historyCommand(context: CommandContext): Command {
  return newMeshCommand('history [model]', {
    summary: 'show who registered and moved what, when and why',
    examples: ['models history', 'models history flight-delay'],
  }).action((model: string | undefined, options: MeshOptions) =>
    withMesh(options, context, (session) => showHistory(session, model ?? '')),
  );
}

function promoteCommand(context: CommandContext): Command {
  return newMeshCommand('promote', {
    summary: 'move an alias to a version',
    examples: ['models promote flight-delay 3 --reason "better auc in the shadow"'],
  })
    .argument('<model>')
    .argument('<version>', 'its number', parseVersion)
    .option('--alias <alias>', 'production, shadow, canary or fallback', 'production')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(
      (
        model: string,
        version: number,
        options: MeshOptions & { readonly alias: string; readonly reason: string },
      ) =>
        withMesh(options, context, (session) =>
          promoteVersion(session, { model, version, ...options }),
        ),
    );
}

function rollbackCommand(context: CommandContext): Command {
  return newMeshCommand('rollback <model>', {
    summary: 'move production back to the previous version, at once',
    examples: ['models rollback flight-delay --reason "late answers"'],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .action((model: string, options: MeshOptions & { readonly reason: string }) =>
      withMesh(options, context, (session) => rollbackModel(session, model, options.reason)),
    );
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) {
    throw new InvalidArgumentError('wanted a version number of 1 or more.');
  }
  return version;
}
