import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';
import {
  type AliasesMoved,
  genesisHash,
  type RegistryEvent,
  type RegistryFact,
  verifyNext,
} from './registry-event.ts';
import { nextState, type StateTrigger, type VersionState } from './version-states.ts';

/** What is known of one model. */
export interface ModelRecord {
  readonly versions: ModelVersion[];
  /** One for each version. */
  readonly states: VersionState[];
  /** Numbers of the versions whose artifacts were removed. */
  readonly removed: number[];
  readonly aliases: Record<string, AliasPosition>;
  /** The last rollback, while production and previous are where it left them. */
  rollback?: RollbackRecord | undefined;
}

/** A rollback that still stands. */
export interface RollbackRecord {
  readonly sequence: number;
  /** Version that left production. */
  readonly fromVersion: number;
  readonly aliases: readonly AliasPosition[];
}

/** The JSON of a record, such as a Buffer of it, which is turned into a text when it is needed. */
export interface RecordText {
  toString(): string;
}

/** Where a state stands in the log. */
export interface StatePlace {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: number;
}

/** Some versions, and where the next begin; '' when there are no more. */
export interface VersionPage {
  readonly versions: readonly ModelVersion[];
  readonly nextPage: string;
}

/** Aliases that say where a version stands, the strongest first. */
const servingAliases = [
  ['production', 'promoted'],
  ['canary', 'canaried'],
  ['shadow', 'shadowed'],
] as const;

/** What the log says: a fold of its events. */
export class RegistryState {
  readonly #models = new Map<string, ModelRecord>();
  /** Models that nobody has asked for since the snapshot: still the text in which they stood there. */
  readonly #unread = new Map<string, RecordText>();
  /** Names of the models, sorted. */
  readonly #names: string[] = [];
  #sequence = 0;
  #hash = genesisHash;
  #atMs = 0;

  /** Gives the state that was written down: where it stands, and each model with the JSON of its record, in the order of their names. */
  static from(
    { sequence, hash, atMs }: StatePlace,
    models: Iterable<readonly [string, RecordText]>,
  ): RegistryState {
    const state = new RegistryState();
    state.#sequence = sequence;
    state.#hash = hash;
    state.#atMs = atMs;
    for (const [name, text] of models) {
      state.#unread.set(name, text);
      state.#names.push(name);
    }
    return state;
  }

  /** Gives each model with the JSON of its record, in the order of their names. */
  *records(): Generator<readonly [string, string]> {
    for (const name of this.#names) {
      const text = this.#unread.get(name)?.toString();
      yield [name, text ?? JSON.stringify(this.#models.get(name))];
    }
  }

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
    this.#fold(event.fact, event.sequence);
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    this.#atMs = event.atMs;
  }

  /** Names of all models, sorted. */
  get models(): readonly string[] {
    return this.#names;
  }

  /** Gives the versions of a model by number, or of all models when it is empty, by model and number. */
  versions(model: string): readonly ModelVersion[] {
    if (model !== '') return this.#record(model)?.versions ?? [];
    return this.#names.flatMap((name) => this.#record(name)?.versions ?? []);
  }

  /**
   * Gives at most `versionsMax` versions of a model, or of all models when it is empty, from a place on that a page before has given. The cost is
   * that of the page.
   */
  page(model: string, versionsMax: number, from: string): VersionPage {
    const [fromModel = '', fromVersion = '1'] = from.split('/');
    const names = model === '' ? this.#names : [model];
    const versions: ModelVersion[] = [];
    let first = Number(fromVersion);
    for (let at = lowerBound(names, fromModel); at < names.length; at += 1) {
      const name = names[at] ?? '';
      const all = this.#record(name)?.versions ?? [];
      const start = name === fromModel ? first - 1 : 0;
      const taken = all.slice(start, start + versionsMax - versions.length);
      versions.push(...taken);
      first = start + taken.length + 1;
      if (first <= all.length) return { versions, nextPage: `${name}/${first}` };
      const next = names[at + 1];
      if (versions.length === versionsMax && next !== undefined) {
        return { versions, nextPage: `${next}/1` };
      }
    }
    return { versions, nextPage: '' };
  }

  /**
   * Gives one version.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN
   */
  version(model: string, version: number): ModelVersion {
    const versions = this.#record(model)?.versions;
    const found = versions?.[version - 1];
    if (found !== undefined) return found;
    if (versions === undefined || versions.length === 0) throw modelUnknown(model);
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'VERSION_UNKNOWN',
      message: `model '${model}' has no version ${version}; it has 1 to ${versions.length}`,
    });
  }

  /** Gives where a version stands that is there. */
  stateOf(model: string, version: number): VersionState {
    return this.#record(model)?.states[version - 1] ?? 'registered';
  }

  /** Tells whether the artifact of a version was removed. */
  isRemoved(model: string, version: number): boolean {
    return this.#record(model)?.removed.includes(version) ?? false;
  }

  /** Gives the last rollback of a model while it stands. */
  rollbackOf(model: string): RollbackRecord | undefined {
    return this.#record(model)?.rollback;
  }

  /**
   * Gives where an alias of a model points.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN, or ALIAS_UNKNOWN when it points nowhere
   */
  target(model: string, alias: string): AliasPosition {
    const position = this.alias(model, alias);
    if (position !== undefined && position.version !== 0) return position;
    if (this.#record(model) === undefined) throw modelUnknown(model);
    const known = this.aliases(model).filter(({ version }) => version !== 0);
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'ALIAS_UNKNOWN',
      message: `model '${model}' has no alias '${alias.slice(0, 64)}'; it has ${known.map((held) => held.alias).join(', ') || 'none'}`,
    });
  }

  /** Gives the aliases of a model by name, or of all models when it is empty, by model and name. Version 0 is nowhere. */
  aliases(model: string): readonly AliasPosition[] {
    if (model === '') return this.#names.flatMap((name) => this.aliases(name));
    const aliases = Object.values(this.#record(model)?.aliases ?? {});
    return aliases.sort((left, right) => byText(left.alias, right.alias));
  }

  /** Gives where an alias points; undefined when it never pointed anywhere. */
  alias(model: string, alias: string): AliasPosition | undefined {
    const aliases = this.#record(model)?.aliases;
    return aliases !== undefined && Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
  }

  #fold(fact: RegistryFact, sequence: number): void {
    switch (fact.kind) {
      case 'version-registered': {
        const record = this.#recordOf(fact.version.model);
        record.versions.push(fact.version);
        record.states.push('registered');
        return;
      }
      case 'aliases-moved':
        this.#moveAliases(fact, sequence);
        return;
      case 'version-quarantined': {
        const { states } = this.#recordOf(fact.model);
        this.#move(fact.aliases);
        const trigger = fact.isCleared ? 'cleared' : 'quarantined';
        states[fact.version - 1] = nextState(states[fact.version - 1] ?? 'registered', trigger);
        return;
      }
      case 'artifact-removed':
        this.#recordOf(fact.model).removed.push(fact.version);
        return;
    }
  }

  #move(positions: readonly AliasPosition[]): void {
    for (const position of positions) {
      const record = this.#recordOf(position.model);
      const before = record.aliases[position.alias]?.version ?? 0;
      record.aliases[position.alias] = position;
      if (position.alias === 'production' || position.alias === 'previous') {
        record.rollback = undefined;
      }
      for (const version of [before, position.version]) touch(record, version);
    }
  }

  #moveAliases({ aliases, isRollback }: AliasesMoved, sequence: number): void {
    const production = aliases.find(({ alias }) => alias === 'production');
    const fromVersion = production && this.alias(production.model, 'production')?.version;
    this.#move(aliases);
    if (!isRollback || production === undefined) return;
    const rollback = { sequence, fromVersion: fromVersion ?? 0, aliases };
    this.#recordOf(production.model).rollback = rollback;
  }

  #record(model: string): ModelRecord | undefined {
    const text = this.#unread.get(model);
    if (text === undefined) return this.#models.get(model);
    // What records() wrote, as its signature says.
    const record = JSON.parse(text.toString()) as ModelRecord;
    this.#models.set(model, record);
    this.#unread.delete(model);
    return record;
  }

  #recordOf(model: string): ModelRecord {
    const known = this.#record(model);
    if (known !== undefined) return known;
    const record: ModelRecord = {
      versions: [],
      states: [],
      removed: [],
      aliases: {},
      rollback: undefined,
    };
    this.#models.set(model, record);
    this.#names.splice(lowerBound(this.#names, model), 0, model);
    return record;
  }
}

/** Moves a version to the state that the strongest of its aliases gives it. */
function touch(record: ModelRecord, version: number): void {
  const state = record.states[version - 1];
  if (state === undefined) return;
  const held = servingAliases.find(([alias]) => record.aliases[alias]?.version === version);
  const trigger: StateTrigger = held?.[1] ?? 'left';
  record.states[version - 1] = nextState(state, trigger);
}

function modelUnknown(model: string): MeshError {
  return new MeshError({
    code: 'NOT_FOUND',
    reason: 'MODEL_UNKNOWN',
    message: `no model is called '${model.slice(0, 64)}'; \`mlmesh models list\` shows those that are`,
  });
}

function byText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Gives the first place whose name is not before `name`. */
function lowerBound(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
