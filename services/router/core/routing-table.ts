import { isShadowAlias } from '../../shared/kernel/shadow-alias.ts';

/** An alias of a model as the registry tells it. */
export interface AliasPosition {
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  readonly generation: number;
}

/** How the registry steers the traffic of a model. */
export interface TrafficPosition {
  readonly model: string;
  readonly generation: number;
  /** Undefined while no version is canary. */
  readonly canaryRamp: CanaryRamp | undefined;
  readonly isShadowPaused: boolean;
}

/** What share of the callers a canary has. */
export interface CanaryRamp {
  readonly version: number;
  /** Of the cohorts that control does not have, 0 to 1. */
  readonly share: number;
  readonly isHeld: boolean;
}

/** Which version plays which part for one model. Version 0 means none. */
export interface ModelRouting {
  readonly model: string;
  /** Version that answers: the last wanted one that was ready. */
  readonly productionVersion: number;
  /** Generation of the alias `production` that {@link productionVersion} obeys. */
  readonly productionGeneration: number;
  readonly previousVersion: number;
  /** The canary, where it is ready. */
  readonly canaryVersion: number;
  /** Share of the canary, 0 to 1, of the cohorts that control does not have; 0 while there is no {@link canaryVersion}. */
  readonly canaryShare: number;
  readonly isCanaryHeld: boolean;
  /** Those that the aliases of shadows point to, each once, by the name of the alias. */
  readonly shadowVersions: readonly number[];
  /** The previous version, where it is ready and not production again. */
  readonly reverseVersion: number;
  /** Whether nothing is sent to any shadow. */
  readonly isShadowPaused: boolean;
  readonly trafficGeneration: number;
  readonly fallbackVersion: number;
}

/** What the table wants done: fetch a fallback model, or ask until a version is ready. */
export type RoutingAction =
  | { readonly kind: 'load-fallback'; readonly model: string; readonly version: number }
  | { readonly kind: 'await-ready'; readonly model: string; readonly version: number };

interface Entry {
  routing: ModelRouting;
  wanted: { readonly version: number; readonly generation: number };
  traffic: TrafficPosition;
  /** Version that the alias `canary` points to, whether or not it is ready. */
  canaryVersion: number;
  /** By alias. */
  readonly shadows: Map<string, number>;
  /** Newest that is known of each alias. */
  readonly generations: Map<string, number>;
}

/** Gives the routing of a model of which the registry has told nothing. */
export function nobodyRouted(model: string): ModelRouting {
  return {
    model,
    productionVersion: 0,
    productionGeneration: 0,
    previousVersion: 0,
    canaryVersion: 0,
    canaryShare: 0,
    isCanaryHeld: false,
    shadowVersions: [],
    reverseVersion: 0,
    isShadowPaused: false,
    trafficGeneration: 0,
    fallbackVersion: 0,
  };
}

/**
 * Keeps the routing of every model. A move of `production` takes effect at once when the version is known to be ready (so a
 * rollback does, its target being warm), and otherwise as soon as it is: production never waits for a load. A canary gets traffic when it is ready and the
 * registry has given it, and no other version, a share.
 */
export class RoutingTable {
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Map<string, ReadonlySet<number>>();

  /** Gives the routing of a model; versions are 0 while the registry has told nothing. O(1). */
  get(model: string): ModelRouting {
    return this.#entries.get(model)?.routing ?? nobodyRouted(model);
  }

  /** Gives the routing of all models that the registry has told of. */
  all(): readonly ModelRouting[] {
    return [...this.#entries.values()].map((entry) => entry.routing);
  }

  /** Takes an alias from the registry. An older generation than the known one changes nothing. */
  apply(position: AliasPosition): readonly RoutingAction[] {
    const entry = this.#entryOf(position.model);
    const { model, alias, version, generation } = position;
    if (generation <= (entry.generations.get(alias) ?? 0)) return [];
    entry.generations.set(alias, generation);
    if (isShadowAlias(alias)) {
      entry.shadows.set(alias, version);
      this.#refresh(entry);
      return [];
    }
    switch (alias) {
      case 'production': {
        entry.wanted = { version, generation };
        // Nobody has to be loaded where production points nowhere: the fallback answers.
        if (version === 0 || this.#isReady(model, version)) this.#flip(entry);
        return entry.routing.productionGeneration === generation
          ? []
          : [{ kind: 'await-ready', model, version }];
      }
      case 'previous': {
        entry.routing = { ...entry.routing, previousVersion: version };
        this.#refresh(entry);
        return [];
      }
      case 'canary': {
        entry.canaryVersion = version;
        this.#refresh(entry);
        return this.#isReady(model, version) ? [] : [{ kind: 'await-ready', model, version }];
      }
      case 'fallback':
        // Where it points nowhere there is nothing to load: the last one goes on.
        return version === 0 ? [] : [{ kind: 'load-fallback', model, version }];
      default:
        return [];
    }
  }

  /** Takes how the registry steers the traffic of a model. An older generation than the known one changes nothing. */
  steer(traffic: TrafficPosition): void {
    const entry = this.#entryOf(traffic.model);
    if (traffic.generation <= entry.traffic.generation) return;
    entry.traffic = traffic;
    this.#refresh(entry);
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
    else this.#refresh(entry);
  }

  /** Tells whether a version that is to answer callers does not yet. */
  isAwaiting(model: string): boolean {
    const entry = this.#entries.get(model);
    if (entry === undefined) return false;
    const { canaryVersion, routing, wanted } = entry;
    const isCanaryAwaited = canaryVersion !== 0 && !this.#isReady(model, canaryVersion);
    return isCanaryAwaited || routing.productionGeneration !== wanted.generation;
  }

  #isReady(model: string, version: number): boolean {
    return version !== 0 && this.#ready.get(model)?.has(version) === true;
  }

  #flip(entry: Entry): void {
    entry.routing = {
      ...entry.routing,
      productionVersion: entry.wanted.version,
      productionGeneration: entry.wanted.generation,
    };
    this.#refresh(entry);
  }

  /** Derives what depends on several facts. */
  #refresh(entry: Entry): void {
    const { routing, traffic, canaryVersion } = entry;
    const { model, previousVersion, productionVersion } = routing;
    const ramp = traffic.canaryRamp?.version === canaryVersion ? traffic.canaryRamp : undefined;
    const isServing = ramp !== undefined && this.#isReady(model, canaryVersion);
    const isReverse =
      previousVersion !== productionVersion && this.#isReady(model, previousVersion);
    entry.routing = {
      ...routing,
      canaryVersion: isServing ? canaryVersion : 0,
      canaryShare: isServing ? ramp.share : 0,
      isCanaryHeld: isServing && ramp.isHeld,
      shadowVersions: shadowVersionsOf(entry.shadows),
      reverseVersion: isReverse ? previousVersion : 0,
      isShadowPaused: traffic.isShadowPaused,
      trafficGeneration: traffic.generation,
    };
  }

  #entryOf(model: string): Entry {
    const known = this.#entries.get(model);
    if (known) return known;
    const entry: Entry = {
      routing: nobodyRouted(model),
      wanted: { version: 0, generation: 0 },
      traffic: { model, generation: 0, canaryRamp: undefined, isShadowPaused: false },
      canaryVersion: 0,
      shadows: new Map(),
      generations: new Map(),
    };
    this.#entries.set(model, entry);
    return entry;
  }
}

function shadowVersionsOf(shadows: ReadonlyMap<string, number>): readonly number[] {
  const named = [...shadows].filter(([, version]) => version !== 0);
  named.sort(([left], [right]) => (left < right ? -1 : 1));
  return [...new Set(named.map(([, version]) => version))];
}
