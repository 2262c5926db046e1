import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { type MeshOptions, newMeshCommand, withMesh } from '../mesh-command.ts';
import { newCommandGroup } from '../new-command.ts';
import { deleteEntity } from '../rpc/delete-entity.ts';
import { listFeatures, retireFeatures } from '../rpc/feature-definitions.ts';
import { featuresDiffCommand } from './features-diff.ts';
import { featuresGetCommand } from './features-get.ts';
import { featuresParityCommand } from './features-parity.ts';
import { materializeCommand } from './materialize.ts';
import { trainingSetCommand } from './training-set.ts';

/** Gives the commands `features ...`. */
export function featuresCommand(context: CommandContext): Command {
  return newCommandGroup('features', 'look at the feature store, take data out of it, and erase')
    .addCommand(
      newMeshCommand('list', {
        summary:
          'list the features with their definitions, also earlier ones that are still served, and how fresh their views are',
        examples: ['features list', 'features list --json'],
      }).action((options) => withMesh(options, context, listFeatures)),
    )
    .addCommand(featuresGetCommand(context))
    .addCommand(trainingSetCommand(context))
    .addCommand(featuresParityCommand(context))
    .addCommand(featuresDiffCommand(context))
    .addCommand(materializeCommand(context))
    .addCommand(retireCommand(context))
    .addCommand(deleteCommand(context));
}

function deleteCommand(context: CommandContext): Command {
  return newMeshCommand('delete <entity> <key=value...>', {
    summary: 'erase an entity: its events, its states, and what it added to those of others',
    examples: [
      'features delete airport airport=ORD --reason "closed"',
      'features delete route origin=ORD destination=LAX --reason "asked for" --yes',
    ],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--yes', 'do not ask')
    .action(
      (
        entity: string,
        assignments: readonly string[],
        options: MeshOptions & { readonly reason: string; readonly yes?: true },
      ) => {
        const { reason, yes } = options;
        const deletion = { entity, assignments, reason, isConfirmed: yes === true };
        return withMesh(options, context, (session) => deleteEntity(session, deletion));
      },
    );
}

function retireCommand(context: CommandContext): Command {
  return newMeshCommand('retire', {
    summary: 'serve an earlier feature set no more, and let go of its states',
    examples: ['features retire 0123456789ab'],
  })
    .argument('<hash>', 'its hash, or the first digits of it, as `features list` shows')
    .option('--force', 'also when a version that an alias points to was trained on it')
    .action((hash: string, options: MeshOptions & { readonly force?: true }) =>
      withMesh(options, context, (session) =>
        retireFeatures(session, { hash, isForced: options.force === true }),
      ),
    );
}
