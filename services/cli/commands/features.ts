import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatCount, formatHash, formatTime } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { newCommandGroup } from '../new-command.ts';
import { deleteEntity } from '../rpc/delete-entity.ts';
import { renderTable } from '../table.ts';
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
        summary: 'list the features with their definitions, and how fresh their views are',
        examples: ['features list', 'features list --json'],
      }).action((options) => withMesh(options, context, listFeatures)),
    )
    .addCommand(featuresGetCommand(context))
    .addCommand(trainingSetCommand(context))
    .addCommand(featuresParityCommand(context))
    .addCommand(featuresDiffCommand(context))
    .addCommand(materializeCommand(context))
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

async function listFeatures({ mesh, context }: MeshSession): Promise<CommandResult> {
  const { signal } = context;
  const { features, views, featureSets, logOffset } = await mesh.feature.listDefinitions(
    {},
    { signal },
  );
  const featureRows = features.map(({ name, hash, view, summary }) => [
    name,
    formatHash(hash),
    view === '' ? '-' : view,
    summary,
  ]);
  const viewRows = views.map(({ id, entities, newestEventMs }) => [
    id,
    formatCount(entities),
    newestEventMs === 0 ? '-' : formatTime(newestEventMs),
  ]);
  const text = [
    renderTable(['feature', 'version', 'view', 'definition'], featureRows),
    renderTable(['view', 'entities', 'newest event (UTC)'], viewRows),
    `${formatCount(logOffset)} events applied\n`,
  ].join('\n');
  return { json: { features, views, featureSets, logOffset }, text };
}
