import type { Command } from 'commander';
import { makeBackup } from '../backup/make-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import type { CommandContext } from '../command-context.ts';
import { findMesh } from '../find-mesh.ts';
import { formatBytes, formatTime } from '../format.ts';
import { newCommand } from '../new-command.ts';
import { writeJson } from '../output.ts';
import { showStep } from '../up/step-progress.ts';

interface BackupOptions {
  readonly data?: string;
  readonly json?: true;
}

interface RestoreOptions {
  readonly data: string;
  readonly json?: true;
}

/** Gives the command `backup`. */
export function backupCommand(context: CommandContext): Command {
  return newCommand('backup <folder>', {
    summary: 'copy all that a mesh keeps into a new folder, while it serves',
    examples: [
      'backup /backups/flights-monday',
      'backup /backups/flights-monday --data .mlmesh/flights    of a mesh that may be stopped',
    ],
  })
    .option(
      '--data <folder>',
      'data directory of the mesh (default: the only mesh that runs out of this folder)',
    )
    .action(async (target: string, options: BackupOptions) => {
      const dataDirectory = options.data ?? findMesh(undefined).dataDirectory;
      const { clock, signal } = context;
      await showStep('backup', context, async (report) => {
        const made = await makeBackup({ dataDirectory, target, clock, report, signal });
        const { mesh, madeAtMs, files } = made.manifest;
        if (options.json) {
          const { folder, bytes } = made;
          writeJson(context.output, { folder, mesh, madeAtMs, files: files.length, bytes });
        }
        return `${files.length} files, ${formatBytes(made.bytes)}, in ${made.folder}`;
      });
    });
}

/** Gives the command `restore`. */
export function restoreCommand(context: CommandContext): Command {
  return newCommand('restore <backup>', {
    summary: 'put a backup into an empty data directory, once each file was found to be whole',
    examples: [
      'restore /backups/flights-monday --data .mlmesh/flights    then: mlmesh up deploy/flights',
    ],
  })
    .requiredOption('--data <folder>', 'data directory, empty or not there')
    .action(async (backup: string, options: RestoreOptions) => {
      const { signal } = context;
      await showStep('restore', context, async (report) => {
        const job = { backup, dataDirectory: options.data, report, signal };
        const { mesh, madeAtMs, files } = await restoreBackup(job);
        if (options.json) {
          writeJson(context.output, { mesh, madeAtMs, files: files.length, data: options.data });
        }
        return `mesh ${mesh} as of ${formatTime(madeAtMs)} UTC, ${files.length} files`;
      });
    });
}
