import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';
import { genesisHash, type RegistryEvent, verifyNext } from './registry-event.ts';

/** What the log says: a fold of its events. */
export class RegistryState {
  readonly #versions = new Map<string, ModelVersion[]>();
  readonly #aliases = new Map<string, Map<string, AliasPosition>>();
  #sequence = 0;
  #hash = genesisHash;
  #atMs = 0;

  get sequence(): number {
    return this.#sequence;
  }

  /** Hash of the last event. */
  get hash(): string {
    return this.#hash;
  }

  /** Time of the last event, epoch ms; 0 when there is none. */
  get atMs(): number {
    return this.#atMs;
  }

  /**
   * Takes the next event.
   * @throws {MeshError} DATA_LOSS / LOG_CORRUPT when it does not follow the one before
   */
  apply(event: RegistryEvent): void {
    verifyNext(this.#sequence, this.#hash, event);
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    this.#atMs = event.atMs;
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

  /** Gives the versions of a model by number, or of all models when it is empty, by model and number. */
  versions(model: string): readonly ModelVersion[] {
    if (model !== '') return this.#versions.get(model) ?? [];
    return byName(this.#versions).flat();
  }

  /**
   * Gives one version.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN
   */
  version(model: string, version: number): ModelVersion {
    const versions = this.#versions.get(model);
    const found = versions?.find((candidate) => candidate.version === version);
    if (found !== undefined) return found;
    if (versions === undefined) throw modelUnknown(model);
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'VERSION_UNKNOWN',
      message: `model '${model}' has no version ${version}; it has 1 to ${versions.length}`,
    });
  }

  /**
   * Gives where an alias of a model points.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, or ALIAS_UNKNOWN when it points nowhere
   */
  target(model: string, alias: string): AliasPosition {
    const position = this.alias(model, alias);
    if (position !== undefined && position.version !== 0) return position;
    if (!this.#versions.has(model)) throw modelUnknown(model);
    const known = this.aliases(model).filter(({ version }) => version !== 0);
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'ALIAS_UNKNOWN',
      message: `model '${model}' has no alias '${alias.slice(0, 64)}'; it has ${known.map((held) => held.alias).join(', ') || 'none'}`,
    });
  }

  /** Gives the aliases of a model by name, or of all models when it is empty, by model and name. Version 0 is nowhere. */
  aliases(model: string): readonly AliasPosition[] {
    if (model !== '') return byName(this.#aliases.get(model) ?? new Map());
    return byName(this.#aliases).flatMap((aliases) => byName(aliases));
  }

  /** Gives where an alias points; undefined when it never pointed anywhere. */
  alias(model: string, alias: string): AliasPosition | undefined {
    return this.#aliases.get(model)?.get(alias);
  }
}

function modelUnknown(model: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `no model is called '${model.slice(0, 64)}'; \`mlmesh models list\` shows those that are`,
  });
}

function byName<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known) return known;
  const list: T[] = [];
  map.set(key, list);
  return list;
}
