import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { attachFinding } from '../evidence/attach-finding.ts';
import { judgeReproduction } from '../evidence/judge-reproduction.ts';
import { exitCodes } from '../exit-code.ts';
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
import { parseVersionRef, type VersionRef } from '../version-ref.ts';

/** Gives the command `reproduce`: makes a version again from what is recorded of it, and compares. */
export function reproduceCommand(context: CommandContext): Command {
  return newMeshCommand('reproduce <model> [version]', {
    summary:
      'make a version again from its provenance, compare every digest, and attach what came of it to the version as evidence; exit status 7 when one differs',
    examples: ['reproduce flight-delay@2', 'reproduce flight-delay 2 --json'],
  }).action((model: string, version: string | undefined, options: MeshOptions) => {
    const wanted = parseVersionRef(model, version);
    return withMesh(options, context, (session) => reproduce(session, wanted));
  });
}

async function reproduce(
  { mesh, found, context }: MeshSession,
  wanted: VersionRef,
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
  const { model, version, artifactDigest } = result;
  const command = `mlmesh reproduce ${model}@${version}`;
  const { clock, signal } = context;
  const subject = { model, version, artifactDigest, command };
  await attachFinding({ connection: mesh, clock, signal }, subject, judgeReproduction(result));
  const { kind: _, ...json } = result;
  return { json, text: renderReproduction(result) };
}
