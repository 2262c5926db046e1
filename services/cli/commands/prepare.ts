import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { newMeshCommand, withMesh } from '../mesh-command.ts';
import { runningDefinition } from '../running-definition.ts';
import { trainingPlace } from '../training-place.ts';
import { firstRunSteps, runSteps } from '../up/steps.ts';

/** Gives the command `prepare`: does what a mesh needs before it takes traffic. */
export function prepareCommand(context: CommandContext): Command {
  return newMeshCommand('prepare', {
    summary: 'do what the first start of a mesh needs: import, train, check and release',
    examples: [
      'prepare --settings /etc/mlmesh/settings.json    the services run one by one, on a cluster for instance',
      'prepare    what is done already is found, and nothing of it is done again',
    ],
  }).action((options) =>
    withMesh(options, context, async ({ found }) => {
      const mesh = await runningDefinition(found);
      const place = { ...trainingPlace(found), mesh, trustedKey: found.trustedKey };
      const steps = firstRunSteps(place);
      await runSteps(steps, place, context);
      return {
        json: { steps: steps.map(({ name }) => name) },
        text: `mesh ${mesh.name} is prepared: ${steps.length} steps\n`,
      };
    }),
  );
}
