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
import {
  parseModel,
  parseVersionOrAlias,
  parseVersionPair,
  parseVersionRef,
} from '../version-ref.ts';

import { checkCommand, checklistCommand } from './models-check.ts';
import { registerCommand } from './models-register.ts';

const modelText = 'its name, or model@version';

interface PromoteOptions extends MeshOptions {
  readonly alias: string;
  readonly reason: string;
  readonly force?: true;
}

/** Gives the commands `models ...`. */
export function modelsCommand(context: CommandContext): Command {
  return newCommandGroup('models', 'look at versions, and decide which one serves')
    .addCommand(listCommand(context))
    .addCommand(registerCommand(context))
    .addCommand(showCommand(context))
    .addCommand(historyCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(checklistCommand(context))
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
      withMesh(options, context, (session) =>
        listModels(session, parseModel(model ?? ''), options.at),
      ),
    );
}

function showCommand(context: CommandContext): Command {
  return newMeshCommand('show', {
    summary: 'show where one version came from: data, code, hyperparameters, metrics',
    examples: ['models show flight-delay@2', 'models show flight-delay production --json'],
  })
    .argument('<model>', modelText)
    .argument('[version]', 'its number, or an alias (default: production)')
    .action((text: string, which: string | undefined, options: MeshOptions) => {
      const wanted = parseVersionOrAlias(text, which);
      return withMesh(options, context, (session) => showVersion(session, wanted));
    });
}

function historyCommand(context: CommandContext): Command {
  return newMeshCommand('history [model]', {
    summary: 'show who registered and moved what, when and why',
    examples: ['models history', 'models history flight-delay'],
  }).action((model: string | undefined, options: MeshOptions) =>
    withMesh(options, context, (session) => showHistory(session, parseModel(model ?? ''))),
  );
}

function promoteCommand(context: CommandContext): Command {
  return newMeshCommand('promote', {
    summary: 'move an alias to a version; production and canary when its checklist is complete',
    examples: [
      'models promote flight-delay@3 --reason "better auc in the shadow"',
      'models promote flight-delay@3 --alias canary --reason "first callers"',
      'models promote flight-delay@4 --alias shadow-small --reason "to be compared"',
    ],
  })
    .argument('<model>', modelText)
    .argument('[version]', 'its number')
    .option(
      '--alias <alias>',
      'production, canary, fallback, shadow or shadow-<label>',
      'production',
    )
    .requiredOption('--reason <text>', 'why, for the record')
    .option(
      '--force',
      'before callers although its checklist lacks something; this stays on record',
    )
    .action((text: string, which: string | undefined, options: PromoteOptions) => {
      const { alias, reason, force } = options;
      const wanted = { ...parseVersionRef(text, which), alias, reason, isForced: force === true };
      return withMesh(options, context, (session) => promoteVersion(session, wanted));
    });
}

function rollbackCommand(context: CommandContext): Command {
  return newMeshCommand('rollback', {
    summary: 'move production back to the previous version, at once',
    examples: [
      'models rollback flight-delay --reason "late answers"',
      'models rollback flight-delay@3 --reason "late answers"',
    ],
  })
    .argument('<model>', 'its name; with @version, the version that is to leave production')
    .requiredOption('--reason <text>', 'why, for the record')
    .option(
      '--from <version>',
      'version that is to leave production; nothing happens where it has left already',
    )
    .action(
      (
        text: string,
        options: MeshOptions & { readonly reason: string; readonly from?: string },
      ) => {
        const isNamed = text.includes('@') || options.from !== undefined;
        const { model, version } = isNamed
          ? parseVersionRef(text, options.from)
          : { model: text, version: 0 };
        const wanted = { model, reason: options.reason, fromVersion: version };
        return withMesh(options, context, (session) => rollbackModel(session, wanted));
      },
    );
}

function diffCommand(context: CommandContext): Command {
  return newMeshCommand('diff', {
    summary: 'show in what two versions differ: data, code, hyperparameters, metrics, signature',
    examples: ['models diff flight-delay@2 flight-delay@3', 'models diff flight-delay 2 3'],
  })
    .argument('<versions...>', 'two of one model')
    .action((texts: readonly string[], options: MeshOptions) => {
      const wanted = parseVersionPair(texts);
      return withMesh(options, context, (session) => diffModel(session, wanted));
    });
}

function quarantineCommand(context: CommandContext): Command {
  return newMeshCommand('quarantine', {
    summary: 'mark a version as bad: no alias can be moved to it until it is cleared',
    examples: [
      'models quarantine flight-delay@3 --reason "warns of every flight"',
      'models quarantine flight-delay@3 --clear --reason "it was the data"',
    ],
  })
    .argument('<model>', modelText)
    .argument('[version]', 'its number')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--clear', 'clear it')
    .action(
      (
        text: string,
        which: string | undefined,
        options: MeshOptions & { readonly reason: string; readonly clear?: true },
      ) => {
        const isCleared = options.clear === true;
        const wanted = { ...parseVersionRef(text, which), isCleared, reason: options.reason };
        return withMesh(options, context, (session) => quarantineVersion(session, wanted));
      },
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
