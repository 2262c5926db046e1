import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { parseTime } from '../parse-assignments.ts';

/** Gives the command `outcome`: records what came of a prediction. */
export function outcomeCommand(context: CommandContext): Command {
  return newMeshCommand('outcome', {
    summary: 'record what came of a prediction, such as 1 for late and 0 for on time',
    examples: ['outcome 00e7a1b2c3d4f00d-00000000002a 1'],
  })
    .argument('<prediction-id>', 'as the answer of predict names it')
    .argument('<value>', 'the label, a finite number', parseLabel)
    .option('--at <time>', 'when it was observed (default: now)')
    .action(
      (predictionId: string, label: number, options: MeshOptions & { readonly at?: string }) =>
        withMesh(options, context, async ({ mesh }) => {
          const observedAtMs =
            options.at === undefined ? context.clock.epoch() : parseTime('--at', options.at);
          const outcomes = [{ predictionId, label, observedAtMs }];
          const { recorded } = await mesh.monitor.recordOutcomes(
            { outcomes },
            { signal: context.signal },
          );
          const text = recorded === 1 ? 'recorded\n' : 'this outcome was known; nothing changed\n';
          return { json: { predictionId, label, observedAtMs, recorded }, text };
        }),
    );
}

function parseLabel(text: string): number {
  const label = Number(text);
  if (text.trim() === '' || !Number.isFinite(label)) {
    throw new InvalidArgumentError('wanted a finite number.');
  }
  return label;
}
