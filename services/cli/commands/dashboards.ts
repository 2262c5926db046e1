import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import type { CommandContext } from '../command-context.ts';
import { observabilityFiles, observedMesh } from '../dashboards/observed-mesh.ts';
import { newCommand } from '../new-command.ts';
import { writeJson } from '../output.ts';
import { loadMesh } from '../up/mesh-file.ts';

interface DashboardsOptions {
  readonly out: string;
  readonly window: number;
  readonly json?: true;
}

// 300 s: twenty scrapes of Prometheus's usual 15 s, so that a rate is none of two of them.
const windowSDefault = 300;

/** Gives the command `dashboards`: writes what Prometheus and Grafana need to watch a mesh. */
export function dashboardsCommand(context: CommandContext): Command {
  return newCommand('dashboards <mesh>', {
    summary: 'write the alert rules for Prometheus and the dashboards for Grafana of a mesh',
    examples: [
      'dashboards deploy/flights --out deploy     write deploy/alert-rules and deploy/dashboards',
      'dashboards mesh.ts --window 60             for scrapes every 15 s or more often',
    ],
  })
    .option('--out <folder>', 'where to write', '.')
    .option(
      '--window <seconds>',
      'over which rates are taken: at least four intervals of the scrapes',
      parseWindow,
      windowSDefault,
    )
    .action(async (path: string, { out, window, json }: DashboardsOptions) => {
      const { mesh } = await loadMesh(path);
      const files = observabilityFiles(observedMesh(mesh, window));
      for (const [name, text] of files) {
        mkdirSync(dirname(join(out, name)), { recursive: true });
        replaceFile(join(out, name), text);
      }
      const names = [...files.keys()].map((name) => join(out, name));
      if (json) writeJson(context.output, { files: names });
      else context.output.out(`${names.join('\n')}\n`);
    });
}

function parseWindow(text: string): number {
  const seconds = Number(text);
  if (Number.isSafeInteger(seconds) && seconds >= 4 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('wanted a whole number of seconds from 4 to 3600.');
}
