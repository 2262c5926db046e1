import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { renderEvaluation } from '../evaluation-sheet.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { type FinishedTraining, trainModel } from '../train-model.ts';
import { trainingPlace } from '../training-place.ts';
import { showStep } from '../up/step-progress.ts';

/** Gives the command `train`: trains the candidates of a model's pipeline and registers them. */
export function trainCommand(context: CommandContext): Command {
  return newMeshCommand('train <model>', {
    summary: "train the candidates of a model's pipeline, and register what is new",
    examples: ['train flight-delay', 'train flight-delay --json'],
  }).action((model: string, options: MeshOptions) =>
    withMesh(options, context, (session) => train(session, model)),
  );
}

async function train({ found, context }: MeshSession, model: string): Promise<CommandResult> {
  const place = trainingPlace(found);
  const results: FinishedTraining[] = [];
  await showStep(`train ${model}`, context, async (report) => {
    results.push(await trainModel(place, model, report, context.signal));
    return 'done';
  });
  const versions = results.flatMap((result) => result.versions);
  const moves = results.flatMap((result) => result.moves);
  const measured = versions.map(({ version, alias, kind, format, evaluated }) => ({
    name: `version ${version}, ${kind} as ${format}, for ${alias}`,
    sets: evaluated,
  }));
  const text = measured.map(renderEvaluation).join('\n');
  return { json: { model, versions, moves }, text: `${text}${nextSteps(model, moves)}` };
}

/** Says what leads from a shadow to production: that is nobody's decision but the user's. */
function nextSteps(model: string, moves: FinishedTraining['moves']): string {
  const shadow = moves.findLast(({ alias }) => alias === 'shadow')?.version;
  if (shadow === undefined) return '';
  return [
    '',
    `version ${shadow} shadows now; to bring it into production:`,
    `  mlmesh models check ${model}@${shadow}`,
    `  mlmesh models promote ${model}@${shadow} --reason "..."`,
    '',
  ].join('\n');
}
