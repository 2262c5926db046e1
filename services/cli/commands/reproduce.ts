import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { renderReproduction } from '../reproduction-sheet.ts';
import { type FinishedReproduction, reproduceModel } from '../train-model.ts';
import { trainingPlace } from '../training-place.ts';
import { showStep } from '../up/step-progress.ts';

/** Gives the command `reproduce`: makes a version again from what is recorded of it, and compares. */
export function reproduceCommand(context: CommandContext): Command {
  return newMeshCommand('reproduce', {
    summary:
      'make a version again from its provenance and compare every digest; exit status 7 when one differs',
    examples: ['reproduce flight-delay@2', 'reproduce flight-delay 2 --json'],
  })
    .argument('<model>', 'the model, or model@version')
    .argument('[version]', 'its number', parseVersion)
    .action((model: string, version: number | undefined, options: MeshOptions) =>
      withMesh(options, context, (session) => reproduce(session, wantedOf(model, version))),
    );
}

async function reproduce(
  { found, context }: MeshSession,
  wanted: { readonly model: string; readonly version: number },
): Promise<CommandResult> {
  const place = trainingPlace(found);
  const results: FinishedReproduction[] = [];
  await showStep(`reproduce ${wanted.model}`, context, async (report) => {
    results.push(await reproduceModel(place, wanted, report, context.signal));
    return results.every(({ isReproduced }) => isReproduced) ? 'everything is equal' : 'differs';
  });
  const [result] = results;
  if (result === undefined) throw new Error('a step that succeeds gives its result');
  if (!result.isReproduced) context.setExitCode(exitCodes.notReproduced);
  const { kind: _, ...json } = result;
  return { json, text: renderReproduction(result) };
}

function wantedOf(
  model: string,
  version: number | undefined,
): { readonly model: string; readonly version: number } {
  const at = model.indexOf('@');
  if (at < 0 && version !== undefined) return { model, version };
  if (at > 0 && version === undefined) {
    return { model: model.slice(0, at), version: parseVersion(model.slice(at + 1)) };
  }
  throw new UsageError(
    `wanted a model and a version, such as flight-delay@2, got ${[model, version].join(' ').trim()}`,
  );
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1 && version <= 4_294_967_295) return version;
  throw new InvalidArgumentError('Wanted a whole number of 1 or more.');
}
