import type { Alias__Output } from '../../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelTraffic__Output } from '../../../gen/mlmesh/registry/v1/ModelTraffic.ts';
import type { ModelVersion__Output } from '../../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { ServiceClient } from './client.ts';
import type { CallOptions, ClientRequestOf } from './service-types.ts';

type Registry = 'mlmesh.registry.v1.RegistryService';

/** Versions and aliases of all pages of a list. */
export interface ListedVersions {
  /** By model and number. */
  readonly versions: readonly ModelVersion__Output[];
  /** By model and alias, those of the models that have a version in the list. */
  readonly aliases: readonly Alias__Output[];
  /** How traffic is steered, by model, of those models whose traffic was. */
  readonly traffic: readonly ModelTraffic__Output[];
  /** Where to begin to watch: what the first page contains. What came while the others were read is told again from there. */
  readonly sequence: number;
}

/**
 * Asks for versions page by page, since one answer can't hold those of a large registry.
 * @throws {MeshError} what the registry says
 */
export async function listVersionPages(
  registry: Pick<ServiceClient<Registry>, 'listVersions'>,
  request: Omit<ClientRequestOf<Registry, 'listVersions'>, 'page'>,
  options: CallOptions,
): Promise<ListedVersions> {
  const first = await registry.listVersions(request, options);
  const versions = [...first.versions];
  // A model may begin on one page and end on another: its aliases are on both.
  const aliases = new Map<string, Alias__Output>();
  const traffic = new Map<string, ModelTraffic__Output>();
  const note = (page: typeof first) => {
    for (const steered of page.traffic) traffic.set(steered.model, steered);
    for (const alias of page.aliases) aliases.set(`${alias.model}/${alias.alias}`, alias);
  };
  note(first);
  for (let page = first.nextPage; page !== ''; ) {
    const next = await registry.listVersions({ ...request, page }, options);
    for (const version of next.versions) versions.push(version);
    note(next);
    page = next.nextPage;
  }
  return {
    versions,
    aliases: [...aliases.values()],
    traffic: [...traffic.values()],
    sequence: first.sequence,
  };
}
