import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { parseTime } from '../parse-assignments.ts';

interface OutcomeOptions extends MeshOptions {
  readonly at?: string;
  readonly worth?: number;
}

/** Gives the command `outcome`: records what came of a prediction. */
export function outcomeCommand(context: CommandContext): Command {
  return newMeshCommand('outcome', {
    summary: 'record what came of a prediction, such as 1 for late and 0 for on time',
    examples: [
      'outcome 00e7a1b2c3d4f00d-00000000002a 1',
      'outcome 00e7a1b2c3d4f00d-00000000002a 1 --worth 12.50',
    ],
  })
    .argument('<prediction-id>', 'as the answer of predict names it')
    .argument('<value>', 'the label, a finite number', parseLabel)
    .option('--at <time>', 'when it was observed (default: now)')
    .option(
      '--worth <value>',
      'what it was worth to the business (default: as the mesh file says)',
      parseLabel,
    )
    .action((predictionId: string, label: number, options: OutcomeOptions) =>
      withMesh(options, context, async ({ mesh }) => {
        const observedAtMs =
          options.at === undefined ? context.clock.epoch() : parseTime('--at', options.at);
        const value = options.worth === undefined ? {} : { businessValue: options.worth };
        const outcomes = [{ predictionId, label, observedAtMs, ...value }];
        const { recorded } = await mesh.monitor.recordOutcomes(
          { outcomes },
          { signal: context.signal },
        );
        const text = recorded === 1 ? 'recorded\n' : 'this outcome was known; nothing changed\n';
        return { json: { predictionId, label, observedAtMs, ...value, recorded }, text };
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
