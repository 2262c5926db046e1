import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { ClientResponseOf } from '../../shared/platform/grpc/service-types.ts';
import { listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import { formatCount, formatHash, formatTime } from '../format.ts';
import type { CommandResult, MeshSession } from '../mesh-command.ts';
import { renderTable } from '../table.ts';

type FeatureSet = ClientResponseOf<
  'mlmesh.feature.v1.FeatureService',
  'listDefinitions'
>['featureSets'][number];

const markOf = ({ isEarlier }: { readonly isEarlier: boolean }): string =>
  isEarlier ? 'earlier' : '';

/** Lists features, views and feature sets: those of the mesh file, and earlier ones that are served beside them. */
export async function listFeatures({ mesh, context }: MeshSession): Promise<CommandResult> {
  const { signal } = context;
  const definitions = await mesh.feature.listDefinitions({}, { signal });
  const { features, views, featureSets, logOffset } = definitions;
  const featureRows = features.map((feature) => [
    feature.name,
    formatHash(feature.hash),
    markOf(feature),
    feature.view === '' ? '-' : feature.view,
    feature.summary,
  ]);
  const viewRows = views.map((view) => [
    view.id,
    view.version,
    markOf(view),
    formatCount(view.entities),
    view.newestEventMs === 0 ? '-' : formatTime(view.newestEventMs),
  ]);
  const setRows = featureSets.map((set) => [
    set.model,
    formatHash(set.hash),
    markOf(set),
    set.columns.length,
    formatTime(set.firstServedMs),
  ]);
  const text = [
    renderTable(['feature', 'version', '', 'view', 'definition'], featureRows),
    renderTable(['view', 'version', '', 'entities', 'newest event (UTC)'], viewRows),
    renderTable(['feature set of', 'version', '', 'columns', 'served since (UTC)'], setRows),
    `${formatCount(logOffset)} events applied\n`,
  ].join('\n');
  return { json: { features, views, featureSets, logOffset }, text };
}

/**
 * Ends the serving of an earlier feature set, given by its hash or the first digits of it.
 * @throws {MeshError} NOT_FOUND / FEATURE_SET_UNKNOWN; FAILED_PRECONDITION / DEFINITION_INVALID when an alias points to a version
 * that was trained on it, unless it is forced; what the feature service says.
 */
export async function retireFeatures(
  session: MeshSession,
  wanted: { readonly hash: string; readonly isForced: boolean },
): Promise<CommandResult> {
  const { mesh, context } = session;
  const { signal } = context;
  const { featureSets } = await mesh.feature.listDefinitions({}, { signal });
  const { hash } = findSet(featureSets, wanted.hash);
  const users = await usersOf(session, hash);
  if (users.length > 0 && !wanted.isForced) {
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'DEFINITION_INVALID',
      message: `feature set ${formatHash(hash)} is what these were trained on: ${users.join(', ')}; move their aliases first, or say --force: their model does not answer then`,
    });
  }
  const { name } = await mesh.feature.retireFeatureSet({ featureSetHash: hash }, { signal });
  return { json: { name, hash }, text: `${name}: feature set ${hash} is not served any more\n` };
}

function findSet(sets: readonly FeatureSet[], digits: string): FeatureSet {
  const [found, another] = sets.filter(({ hash }) => hash.startsWith(digits.toLowerCase()));
  if (found !== undefined && another === undefined) return found;
  const earlier = sets.filter((set) => set.isEarlier).map(({ hash }) => hash);
  throw new MeshError({
    code: 'NOT_FOUND',
    reason: 'FEATURE_SET_UNKNOWN',
    message: `wanted the first digits of the hash of one earlier feature set (${earlier.join(', ') || 'there is none'}), got '${digits.slice(0, 64)}', with which ${found === undefined ? 'none begins' : 'several begin'}`,
  });
}

/** Gives the versions, by their aliases, that were trained on a feature set. */
async function usersOf({ mesh, context }: MeshSession, hash: string): Promise<readonly string[]> {
  const { signal } = context;
  const request = { isAliasedOnly: true };
  const { versions, aliases } = await listVersionPages(mesh.registry, request, { signal });
  return aliases.flatMap(({ model, alias, version }) => {
    const found = versions.find((each) => each.model === model && each.version === version);
    return found?.provenance?.signature?.featureSetHash === hash
      ? [`${model} version ${version} (${alias})`]
      : [];
  });
}
