import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { formatCount, formatHash, formatTime } from '../format.ts';
import { type CommandResult, type MeshSession, newMeshCommand, withMesh } from '../mesh-command.ts';
import { newCommandGroup } from '../new-command.ts';
import { renderTable } from '../table.ts';
import { trainingSetCommand } from './training-set.ts';

/** Gives the commands `features ...`. */
export function featuresCommand(context: CommandContext): Command {
  return newCommandGroup('features', 'look at the feature store, and take data out of it')
    .addCommand(
      newMeshCommand('list', {
        summary: 'list the features with their definitions, and how fresh their views are',
        examples: ['features list', 'features list --json'],
      }).action((options) => withMesh(options, context, listFeatures)),
    )
    .addCommand(trainingSetCommand(context));
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
    view === '' ? '(request)' : view,
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
