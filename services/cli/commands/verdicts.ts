import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { renderVerdicts } from '../verdict-sheet.ts';

const shownMax = 1_000;

/** Gives the command `verdicts`: what the monitor decided of versions. */
export function verdictsCommand(context: CommandContext): Command {
  return newMeshCommand('verdicts [model]', {
    summary:
      'list what the monitor decided of versions, newest first: keep, hold, roll back, freeze',
    examples: ['verdicts flight-delay', 'verdicts flight-delay --limit 100 --json'],
  })
    .option('--limit <count>', 'at most so many, 1 to 1,000', parseLimit, 20)
    .action((model: string | undefined, options: MeshOptions & { readonly limit: number }) =>
      withMesh(options, context, async ({ mesh }) => {
        const request = { model: model ?? '', verdictsMax: options.limit };
        const { verdicts } = await mesh.monitor.listVerdicts(request, { signal: context.signal });
        return { json: { verdicts }, text: renderVerdicts(verdicts) };
      }),
    );
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= shownMax) return limit;
  throw new InvalidArgumentError(`wanted a whole number of 1 to ${shownMax}.`);
}
