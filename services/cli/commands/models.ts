import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { newCommandGroup } from '../new-command.ts';
import { diffModel, quarantineVersion, verifyModels } from '../rpc/registry-checks.ts';
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
    .addCommand(rollbackCommand(context))
    .addCommand(diffCommand(context))
    .addCommand(quarantineCommand(context))
    .addCommand(verifyCommand(context));
}

function listCommand(context: CommandContext): Command {
  return newMeshCommand('list [model]', {
    summary: 'list versions and the aliases that point to them',
    examples: ['models list', 'models list flight-delay --at 2026-11-01T12:00:00Z'],
  })
    .option('--at <time>', 'as it stood at a time: what was served then', parseTime, 0)
    .action((model: string | undefined, options: MeshOptions & { readonly at: number }) =>
      withMesh(options, context, (session) => listModels(session, model ?? '', options.at)),
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
    .option(
      '--from <version>',
      'version that is to leave production; nothing happens where it has left already',
      parseVersion,
    )
    .action(
      (model: string, options: MeshOptions & { readonly reason: string; readonly from?: number }) =>
        withMesh(options, context, (session) =>
          rollbackModel(session, { model, reason: options.reason, fromVersion: options.from ?? 0 }),
        ),
    );
}

function diffCommand(context: CommandContext): Command {
  return newMeshCommand('diff', {
    summary: 'show in what two versions differ: data, code, hyperparameters, metrics, signature',
    examples: ['models diff flight-delay 2 3'],
  })
    .argument('<model>')
    .argument('<left>', 'number of a version', parseVersion)
    .argument('<right>', 'number of another', parseVersion)
    .action((model: string, left: number, right: number, options: MeshOptions) =>
      withMesh(options, context, (session) => diffModel(session, { model, left, right })),
    );
}

function quarantineCommand(context: CommandContext): Command {
  return newMeshCommand('quarantine', {
    summary: 'mark a version as bad: no alias can be moved to it until it is cleared',
    examples: [
      'models quarantine flight-delay 3 --reason "warns of every flight"',
      'models quarantine flight-delay 3 --clear --reason "it was the data"',
    ],
  })
    .argument('<model>')
    .argument('<version>', 'its number', parseVersion)
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--clear', 'clear it')
    .action(
      (
        model: string,
        version: number,
        options: MeshOptions & { readonly reason: string; readonly clear?: true },
      ) =>
        withMesh(options, context, (session) => {
          const isCleared = options.clear === true;
          return quarantineVersion(session, { model, version, isCleared, reason: options.reason });
        }),
    );
}

function verifyCommand(context: CommandContext): Command {
  return newMeshCommand('verify', {
    summary: 'read the whole log, each blob and each signature, and name what does not hold',
    examples: ['models verify', 'models verify --chain-only --json'],
  })
    .option('--chain-only', 'leave out blobs and signatures, which takes less time')
    .action((options: MeshOptions & { readonly chainOnly?: true }) =>
      withMesh(options, context, (session) => verifyModels(session, options.chainOnly === true)),
    );
}

function parseTime(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isFinite(atMs) && atMs > 0) return atMs;
  throw new InvalidArgumentError('wanted a time such as 2026-11-01T12:00:00Z.');
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) {
    throw new InvalidArgumentError('wanted a version number of 1 or more.');
  }
  return version;
}
