import type { Alias__Output } from '../../gen/mlmesh/registry/v1/Alias.ts';
import type { ModelVersion__Output } from '../../gen/mlmesh/registry/v1/ModelVersion.ts';
import type { RegistryEvent__Output } from '../../gen/mlmesh/registry/v1/RegistryEvent.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { MeshError, messageOf } from '../../shared/kernel/mesh-error.ts';
import { durationMs } from '../../shared/kernel/units.ts';
import type { ServiceClient } from '../../shared/platform/grpc/client.ts';
import { type ListedVersions, listVersionPages } from '../../shared/platform/grpc/version-pages.ts';
import type { RegistryView } from '../core/wanted-set.ts';
import type { RegistryFeed } from '../ports.ts';
import { parseVersion } from './parse-version.ts';
import type { KnownList, ViewFile } from './view-file.ts';

/** What a feed is made of. */
export interface RegistryFeedOptions {
  readonly registry: ServiceClient<'mlmesh.registry.v1.RegistryService'>;
  readonly clock: Clock;
  /** Keeps what the registry said last, for a start while it is down. */
  readonly file: ViewFile;
  readonly log: Logger;
}

// A restarted registry is there again within a second or two.
const retryMsFirst = 100;
const retryMsMax = 2_000;
/** A registry reads what another has appended ten times a second; one that does not within five seconds is left. */
const behindMs = durationMs(50);
const behindTriesMax = 100;

/**
 * Follows the registry: the versions that an alias points to. An event that moves aliases is only the sign to list its models again: that list is small, such
 * events are rare, and a feed that folds nothing cannot be wrong.
 */
export class WatchedRegistryFeed implements RegistryFeed {
  readonly #options: RegistryFeedOptions;

  constructor(options: RegistryFeedOptions) {
    this.#options = options;
  }

  async follow(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<void> {
    const { clock, file, log } = this.#options;
    const known = await file.read();
    if (known !== undefined) onView(viewOf(known));
    let retryMs = retryMsFirst;
    while (!signal.aborted) {
      try {
        await this.#followOnce((view) => {
          retryMs = retryMsFirst;
          onView(view);
        }, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn('registry-lost', { message: messageOf(error), retryInMs: retryMs });
      }
      await clock.sleep(durationMs(retryMs), signal).catch(() => undefined);
      retryMs = Math.min(retryMsMax, retryMs * 2);
    }
  }

  async #followOnce(onView: (view: RegistryView) => void, signal: AbortSignal): Promise<void> {
    const { registry } = this.#options;
    const listed = await this.#list('', signal);
    const held = byModel(listed);
    await this.#tell(held, onView);
    const events = registry.watch({ fromSequence: listed.sequence + 1 }, { signal });
    for await (const { event } of events) {
      const models = modelsMoved(event);
      for (const model of models) {
        held.set(model, await this.#listSince(event?.sequence ?? 0, model, signal));
      }
      if (models.size > 0) await this.#tell(held, onView);
    }
  }

  #list(model: string, signal: AbortSignal): Promise<ListedVersions> {
    const request = { model, isAliasedOnly: true };
    return listVersionPages(this.#options.registry, request, { signal });
  }

  /**
   * Lists a model as it is after an event: another registry on the same log, which may answer the list, may learn of the event later than the one that told it.
   * @throws {MeshError} UNAVAILABLE / PEER_UNAVAILABLE for one that does not learn of it
   */
  async #listSince(sequence: number, model: string, signal: AbortSignal): Promise<ListedVersions> {
    for (let tries = 1; ; tries += 1) {
      const listed = await this.#list(model, signal);
      if (listed.sequence >= sequence) return listed;
      if (tries === behindTriesMax) throw staysBehind(sequence, listed.sequence);
      await this.#options.clock.sleep(behindMs, signal);
    }
  }

  async #tell(
    held: ReadonlyMap<string, KnownList>,
    onView: (view: RegistryView) => void,
  ): Promise<void> {
    const parts = [...held.values()];
    const list = {
      versions: parts.flatMap(({ versions }) => versions),
      aliases: parts.flatMap(({ aliases }) => aliases),
    };
    onView(viewOf(list));
    await this.#options.file.write(list);
  }
}

function staysBehind(wanted: number, got: number): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'PEER_UNAVAILABLE',
    message: `wanted the list of the registry as of event ${wanted}, got that as of ${got} for ${(behindTriesMax * behindMs) / 1_000} s; look whether all registries read the same log`,
    retry: { kind: 'elsewhere' },
  });
}

function byModel({ versions, aliases }: KnownList): Map<string, KnownList> {
  const held = new Map<string, { versions: ModelVersion__Output[]; aliases: Alias__Output[] }>();
  for (const version of versions) {
    const known = held.get(version.model);
    if (known === undefined) held.set(version.model, { versions: [version], aliases: [] });
    else known.versions.push(version);
  }
  for (const alias of aliases) held.get(alias.model)?.aliases.push(alias);
  return new Map(held);
}

/** Names the models whose aliases an event has moved. */
function modelsMoved(event: RegistryEvent__Output | null): ReadonlySet<string> {
  const moved = event?.aliasesMoved ?? event?.versionQuarantined;
  return new Set(moved?.aliases.map(({ model }) => model));
}

function viewOf(list: KnownList): RegistryView {
  return {
    versions: list.versions.map(parseVersion),
    aliases: list.aliases.map(({ model, alias, version }) => ({ model, alias, version })),
  };
}
