import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { becomeService } from '../../shared/platform/process/become-service.ts';
import { type ProcessName, processNames } from '../../shared/platform/process/service-name.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../exit-code.ts';
import { newCommand } from '../new-command.ts';
import { replicaHere, serviceConfigOf } from '../serve/service-settings.ts';
import { readSettings, resolvedOptions } from '../serve/settings.ts';
import { meshPathOf, settingsVariable } from '../serve/settings-place.ts';
import { loadMesh } from '../up/mesh-file.ts';
import { meshOptions } from '../up/mesh-options.ts';

interface ServeOptions {
  readonly mesh?: string;
  readonly settings?: string;
  readonly replica?: number;
}

/** Gives the command `serve`: runs one service of a mesh in this process until it is told to end. */
export function serveCommand({ signal }: CommandContext): Command {
  return newCommand('serve <service>', {
    summary: 'run one service of a mesh, or its console, in the foreground, as containers do',
    examples: [
      'serve router --settings /etc/mlmesh/settings.json    run the router',
      'serve prediction --settings settings.json --replica 2    run the second prediction service',
      'serve registry --settings settings.json --mesh deploy/flights    name the mesh here',
      'serve console --settings settings.json    run the console',
    ],
  })
    .addHelpText(
      'after',
      `\nSIGTERM lets it finish what it has begun; then it exits with 0. deploy/settings.schema.json documents the settings.\n`,
    )
    .option('--settings <file>', `settings of the mesh, JSON (default: $${settingsVariable})`)
    .option(
      '--mesh <mesh>',
      'the mesh: a folder with a mesh.ts, or a file (default: as the settings say)',
    )
    .option(
      '--replica <number>',
      "which of the service's replicas this is, from 1 (default: the one whose address has this machine's name)",
      parseReplica,
    )
    .action((service: string, options: ServeOptions) =>
      serve(checkedService(service), options, signal),
    );
}

async function serve(
  service: ProcessName,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { env: environment } = process;
  const path = options.settings ?? environment[settingsVariable];
  if (path === undefined) {
    throw new UsageError(`wanted --settings <file>, or its path in ${settingsVariable}`);
  }
  refuseFirstProcess(process.pid);
  const settings = readSettings(path);
  const wanted = { service, number: options.replica, hostName: hostname() };
  const replica = replicaHere(settings, wanted);
  const loaded = await loadMesh(options.mesh ?? meshPathOf(settings));
  const config = serviceConfigOf(settings, replica, {
    meshName: loaded.mesh.name,
    meshModule: loaded.save(join(settings.dataDirectory, 'mesh')),
    options: {
      ...resolvedOptions(settings, service, environment),
      ...meshOptions(loaded.mesh, dirname(loaded.sourcePath), service),
    },
  });
  signal.throwIfAborted();
  await becomeService(config, new URL(`../../${service}/main.js`, import.meta.url));
}

/**
 * The kernel lets no signal from within end the first process of a container, SIGKILL included: a prediction service whose native call is stuck could not
 * make room for another one.
 */
function refuseFirstProcess(pid: number): void {
  if (pid !== 1) return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message:
      'wanted an init process before this one, but this is process 1; start the container with --init, or with tini as its entry point, as deploy/docker/Dockerfile does',
  });
}

function checkedService(text: string): ProcessName {
  const found = processNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`wanted one of ${processNames.join(', ')}, got '${text}'`);
}

function parseReplica(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('wanted a whole number of 1 or more.');
}
