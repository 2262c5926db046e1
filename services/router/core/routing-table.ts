/** An alias of a model as the registry tells it. */
export interface AliasPosition {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly generation: number;
}

/** Which version plays which part for one model. Version 0 means none. */
export interface ModelRouting {
  readonly model: string;
  /** Version that answers: the last wanted one that was ready. */
  readonly productionVersion: number;
  /** Generation of the alias `production` that {@link productionVersion} obeys. */
  readonly productionGeneration: number;
  readonly previousVersion: number;
  readonly canaryVersion: number;
  readonly shadowVersions: readonly number[];
  readonly fallbackVersion: number;
}

/** What the table wants done: fetch a fallback model, or ask until a version is ready. */
export type RoutingAction =
  | { readonly kind: 'load-fallback'; readonly model: string; readonly version: number }
  | { readonly kind: 'await-ready'; readonly model: string; readonly version: number };

interface Entry {
  routing: ModelRouting;
  wanted: { readonly version: number; readonly generation: number };
}

const nobody = (model: string): ModelRouting => ({
  model,
  productionVersion: 0,
  productionGeneration: 0,
  previousVersion: 0,
  canaryVersion: 0,
  shadowVersions: [],
  fallbackVersion: 0,
});

/**
 * Keeps the routing of every model. A move of `production` takes effect at once when the version is known to be ready (so a
 * rollback does, its target being warm), and otherwise as soon as it is: production never waits for a load.
 */
export class RoutingTable {
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Map<string, Set<number>>();

  /** Gives the routing of a model; versions are 0 while the registry has told nothing. O(1). */
  get(model: string): ModelRouting {
    return this.#entries.get(model)?.routing ?? nobody(model);
  }

  /** Gives the routing of all models that the registry has told of. */
  all(): readonly ModelRouting[] {
    return [...this.#entries.values()].map((entry) => entry.routing);
  }

  /** Takes an alias from the registry. An older generation than the known one changes nothing. */
  apply(position: AliasPosition): readonly RoutingAction[] {
    const entry = this.#entryOf(position.model);
    const { model, version, generation } = position;
    switch (position.alias) {
      case 'production': {
        if (generation <= entry.wanted.generation) return [];
        entry.wanted = { version, generation };
        // Nobody has to be loaded where production points nowhere: the fallback answers.
        if (version === 0 || this.#ready.get(model)?.has(version)) this.#flip(entry);
        return entry.routing.productionGeneration === generation
          ? []
          : [{ kind: 'await-ready', model, version }];
      }
      case 'shadow': {
        entry.routing = { ...entry.routing, shadowVersions: version === 0 ? [] : [version] };
        return [];
      }
      case 'previous': {
        entry.routing = { ...entry.routing, previousVersion: version };
        return [];
      }
      case 'canary': {
        entry.routing = { ...entry.routing, canaryVersion: version };
        return [];
      }
      case 'fallback':
        return [{ kind: 'load-fallback', model, version }];
      default:
        return [];
    }
  }

  /** Notes that the fallback model of this version runs. */
  fallbackLoaded(model: string, version: number): void {
    const entry = this.#entryOf(model);
    entry.routing = { ...entry.routing, fallbackVersion: version };
  }

  /** Notes which versions of a model are ready to answer; what was wanted and is among them answers from now on. */
  setReady(model: string, versions: readonly number[]): void {
    this.#ready.set(model, new Set(versions));
    const entry = this.#entryOf(model);
    if (versions.includes(entry.wanted.version)) this.#flip(entry);
  }

  /** Tells whether a wanted version does not answer yet. */
  isAwaiting(model: string): boolean {
    const entry = this.#entries.get(model);
    return entry !== undefined && entry.routing.productionGeneration !== entry.wanted.generation;
  }

  #flip(entry: Entry): void {
    entry.routing = {
      ...entry.routing,
      productionVersion: entry.wanted.version,
      productionGeneration: entry.wanted.generation,
    };
  }

  #entryOf(model: string): Entry {
    const known = this.#entries.get(model);
    if (known) return known;
    const entry: Entry = { routing: nobody(model), wanted: { version: 0, generation: 0 } };
    this.#entries.set(model, entry);
    return entry;
  }
}
