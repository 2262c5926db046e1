import type { Command } from 'commander';
import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { TrainingResult } from '../../shared/platform/process/run-training-job.ts';
import type { CommandContext } from '../command-context.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { renderTable } from '../table.ts';
import { trainModel } from '../train-model.ts';
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
  const { addresses, dataDirectory, record } = found;
  if (record.meshModule === undefined) throw meshIsStarting(dataDirectory);
  const place = { addresses, dataDirectory, meshModule: record.meshModule };
  const results: TrainingResult[] = [];
  await showStep(`train ${model}`, context, async (report) => {
    results.push(await trainModel(place, model, report, context.signal));
    return 'done';
  });
  const versions = results.flatMap((result) => result.versions);
  const rows = versions.map(({ alias, version, kind, format, metrics }) => [
    version,
    alias,
    kind,
    format,
    Object.entries(metrics)
      .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
      .join(', '),
  ]);
  const text = renderTable(['version', 'for', 'kind', 'format', 'metrics'], rows);
  return { json: { model, versions, moves: results.flatMap((result) => result.moves) }, text };
}

function meshIsStarting(dataDirectory: string): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: `the mesh in ${dataDirectory} is still starting; try again in a moment`,
  });
}
