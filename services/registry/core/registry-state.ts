import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';
import type { RegistryEvent } from './registry-event.ts';
import { genesisHash } from './registry-event.ts';

/** What the log says: a fold of its events. */
export class RegistryState {
  readonly #versions = new Map<string, ModelVersion[]>();
  readonly #aliases = new Map<string, Map<string, AliasPosition>>();
  #sequence = 0;
  #hash = genesisHash;

  get sequence(): number {
    return this.#sequence;
  }

  /** Hash of the last event. */
  get hash(): string {
    return this.#hash;
  }

  /** Takes the next event. */
  apply(event: RegistryEvent): void {
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    const { fact } = event;
    switch (fact.kind) {
      case 'version-registered':
        listAt(this.#versions, fact.version.model).push(fact.version);
        return;
      case 'aliases-moved':
        for (const position of fact.aliases) {
          const aliases = this.#aliases.get(position.model) ?? new Map<string, AliasPosition>();
          aliases.set(position.alias, position);
          this.#aliases.set(position.model, aliases);
        }
        return;
    }
  }

  /** Gives the versions of a model, or of all when it is empty, by number. */
  versions(model: string): readonly ModelVersion[] {
    return model === '' ? [...this.#versions.values()].flat() : (this.#versions.get(model) ?? []);
  }

  /**
   * Gives one version.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN
   */
  version(model: string, version: number): ModelVersion {
    const versions = this.#versions.get(model);
    const found = versions?.find((candidate) => candidate.version === version);
    if (found !== undefined) return found;
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: versions === undefined ? 'MODEL_UNKNOWN' : 'VERSION_UNKNOWN',
      message:
        versions === undefined
          ? `no model is called '${model.slice(0, 64)}'; \`mlmesh models list\` shows those that are`
          : `model '${model}' has no version ${version}; it has 1 to ${versions.length}`,
    });
  }

  /** Gives the aliases of a model, or of all when it is empty. */
  aliases(model: string): readonly AliasPosition[] {
    const of = (aliases: ReadonlyMap<string, AliasPosition> | undefined) => [
      ...(aliases?.values() ?? []),
    ];
    return model === '' ? [...this.#aliases.values()].flatMap(of) : of(this.#aliases.get(model));
  }

  /** Gives where an alias points; undefined when it never pointed anywhere. */
  alias(model: string, alias: string): AliasPosition | undefined {
    return this.#aliases.get(model)?.get(alias);
  }
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known) return known;
  const list: T[] = [];
  map.set(key, list);
  return list;
}
