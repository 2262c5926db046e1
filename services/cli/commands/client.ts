import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { replaceFile } from '../../shared/platform/process/replace-file.ts';
import { type ClientModel, clientModule } from '../client-module.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import type { MeshConnection } from '../rpc/connect-mesh.ts';
import { outputNames } from '../rpc/output-names.ts';

interface ClientOptions extends MeshOptions {
  readonly out?: string;
  readonly check?: true;
  readonly import: string;
}

/** Gives the command `client`: a TypeScript module with a typed function for each model. */
export function clientCommand(context: CommandContext): Command {
  return newMeshCommand('client', {
    summary: 'write a TypeScript module with a typed function for each model of the mesh',
    examples: ['client --out src/flights-client.ts', 'client --out src/flights-client.ts --check'],
  })
    .option('--out <file>', 'file to write (default: <mesh>-client.ts in this folder)')
    .option('--check', 'write nothing; exit 4 when the file is not what would be written')
    .option('--import <module>', 'what the module imports', 'mlmesh/client')
    .action((options: ClientOptions) =>
      withMesh(options, context, (session) => writeClient(session, options)),
    );
}

async function writeClient(
  { mesh, found, context }: MeshSession,
  options: ClientOptions,
): Promise<CommandResult> {
  const models = await clientModels(mesh, context.signal);
  const { mesh: name } = found.record;
  const text = clientModule({ mesh: name, models, importFrom: options.import });
  const file = resolve(options.out ?? `${name}-client.ts`);
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === text;
  const isWritten = !isCurrent && options.check === undefined;
  if (isWritten) write(file, text);
  else if (!isCurrent) context.setExitCode(exitCodes.checkMissed);
  const names = models.map(({ model }) => model);
  const state = isWritten ? 'written' : isCurrent ? 'is current' : 'is not current';
  return {
    json: { file, models: names, isCurrent, isWritten },
    text: `${file} ${state}: ${names.join(', ')}\n`,
  };
}

/** @throws {MeshError} FAILED_PRECONDITION / INVALID_CONFIG when the file can't be written */
function write(file: string, text: string): void {
  try {
    replaceFile(file, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `${file} can't be written (${messageOf(cause)}); name another file with --out`,
    cause,
  });
}

async function clientModels(mesh: MeshConnection, signal: AbortSignal): Promise<ClientModel[]> {
  const { models } = await mesh.router.getRouting({ model: '' }, { signal });
  return Promise.all(
    models.map(async ({ model, joinKeys, requestFeatures, productionVersion, fallbackVersion }) => {
      const version = productionVersion || fallbackVersion;
      const outputs = await outputNames(mesh, { model, version }, signal);
      return { model, joinKeys, requestFeatures, outputs, version };
    }),
  );
}
