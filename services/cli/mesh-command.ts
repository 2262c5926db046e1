import type { Command } from 'commander';
import { withoutControlCharacters } from '../shared/kernel/control-characters.ts';
import type { CommandContext } from './command-context.ts';
import { type FoundMesh, findMesh } from './find-mesh.ts';
import { type CommandHelp, newCommand } from './new-command.ts';
import { writeJson } from './output.ts';
import { connectMesh, type MeshConnection } from './rpc/connect-mesh.ts';
import { meshAt, settingsVariable } from './serve/settings-place.ts';

/** The options of every command that talks to a running mesh. */
export interface MeshOptions {
  readonly data?: string;
  readonly as?: string;
  readonly settings?: string;
  readonly json?: true;
}

/** A running mesh as a command sees it. */
export interface MeshSession {
  readonly mesh: MeshConnection;
  readonly found: FoundMesh;
  readonly context: CommandContext;
}

/** What a command found or did: for programs, and for people. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
}

/** Gives a command that talks to a running mesh: it takes `--data` besides `--json`. */
export function newMeshCommand(nameAndArguments: string, help: CommandHelp): Command {
  return newCommand(nameAndArguments, help)
    .option(
      '--data <folder>',
      'data directory of the mesh (default: the only mesh that runs out of this folder)',
    )
    .option(
      '--settings <file>',
      `settings of a mesh whose services \`mlmesh serve\` runs, here or elsewhere (default: $${settingsVariable})`,
    )
    .option('--as <name>', 'whose certificate to use, where the mesh has TLS (default: your own)');
}

/** Gives the mesh that options mean: what is named before what the environment says. */
async function meshOf({ data, as, settings }: MeshOptions): Promise<FoundMesh> {
  const path = settings ?? (data === undefined ? process.env[settingsVariable] : undefined);
  return path === undefined ? findMesh(data, as) : await meshAt(path);
}

/** Finds the mesh, does the work and prints its result in the form that was asked for. */
export async function withMesh(
  options: MeshOptions,
  context: CommandContext,
  /** Gives nothing where it has written its results itself. */
  work: (session: MeshSession) => Promise<CommandResult | undefined>,
): Promise<void> {
  const found = await meshOf(options);
  using mesh = connectMesh(found.addresses, context.clock, found.tls?.client);
  const result = await work({ mesh, found, context });
  if (result === undefined) return;
  const { json, text } = result;
  if (options.json) writeJson(context.output, json);
  else context.output.out(withoutControlCharacters(text));
}
