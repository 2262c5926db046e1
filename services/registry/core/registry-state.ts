import { MeshError } from '../../shared/kernel/mesh-error.ts';
import type { AttachedEvidence } from './evidence.ts';
import { lowerBound } from './lower-bound.ts';
import {
  emptyRecord,
  evidenceKey,
  type ModelRecord,
  moveAlias,
  type RollbackRecord,
} from './model-record.ts';
import type { AliasPosition, ModelVersion } from './model-version.ts';
import {
  type AliasesMoved,
  genesisHash,
  type RegistryEvent,
  verifyNext,
} from './registry-event.ts';
import { jsonVersions, StoredVersions, type VersionCodec } from './stored-versions.ts';
import { type ModelTraffic, untouchedTraffic } from './traffic.ts';
import { nextState, type VersionState } from './version-states.ts';

/** A model as it is written down. */
export interface StoredModel {
  readonly name: string;
  /** The JSON of its record: a Buffer of it is turned into a text when it is needed. */
  readonly record: { toString(): string };
  /** Its versions from 1 on, each as the codec gives it. */
  readonly versions: readonly Uint8Array[];
}

interface Model {
  readonly record: ModelRecord;
  readonly versions: StoredVersions;
}

/** Where a state stands in the log. */
export interface StatePlace {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: number;
}

/** Asks for some versions. */
export interface PageQuery {
  /** Name of a model; '' for all. */
  readonly model: string;
  /** Place that a page before has given; '' for the first. */
  readonly from: string;
  readonly versionsMax: number;
  /** Bytes of the versions together; one version is given whatever it takes. */
  readonly bytesMax: number;
  /** Whether versions that no alias points to are left out. */
  readonly isAliasedOnly: boolean;
}

/** A version of a page. */
export interface ListedVersion {
  readonly model: string;
  readonly version: number;
  readonly state: VersionState;
  /** As the codec gives it. */
  readonly bytes: Uint8Array;
}

/** Some versions, and where the next begin; '' when there are no more. */
export interface VersionPage {
  readonly versions: readonly ListedVersion[];
  readonly nextPage: string;
}

/** What the log says: a fold of its events. */
export class RegistryState {
  readonly #codec: VersionCodec;
  readonly #models = new Map<string, Model>();
  /** Models that nobody has asked for since the snapshot: still as they stood there. */
  readonly #unread = new Map<string, StoredModel>();
  /** Names of the models, sorted. */
  readonly #names: string[] = [];
  #sequence = 0;
  #hash = genesisHash;
  #atMs = 0;

  /** @param codec in which versions are kept and listed */
  constructor(codec: VersionCodec = jsonVersions) {
    this.#codec = codec;
  }

  /** Gives the state that was written down: where it stands, and each model in the order of their names. */
  static from(
    { sequence, hash, atMs }: StatePlace,
    models: Iterable<StoredModel>,
    codec: VersionCodec = jsonVersions,
  ): RegistryState {
    const state = new RegistryState(codec);
    state.#sequence = sequence;
    state.#hash = hash;
    state.#atMs = atMs;
    for (const model of models) {
      state.#unread.set(model.name, model);
      state.#names.push(model.name);
    }
    return state;
  }

  /** Gives each model as it is written down, in the order of their names. */
  *stored(): Generator<StoredModel> {
    for (const name of this.#names) {
      const unread = this.#unread.get(name);
      if (unread !== undefined) yield unread;
      const model = this.#models.get(name);
      if (model === undefined) continue;
      const { record, versions } = model;
      const encoded = record.states.map((_, index) => versions.encoded(index + 1));
      yield { name, record: JSON.stringify(record), versions: encoded };
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
    this.#fold(event);
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    this.#atMs = event.atMs;
  }

  /** Names of all models, sorted. */
  get models(): readonly string[] {
    return this.#names;
  }

  /** Gives the versions of a model by number, or of all models when it is empty, by model and number. Each is parsed anew. */
  versions(model: string): readonly ModelVersion[] {
    const names = model === '' ? this.#names : [model];
    return names.flatMap((name) => [...(this.#model(name)?.versions.all() ?? [])]);
  }

  /** Gives some versions, by model and number, as they are kept. The cost is that of the page, and of what is left out of it. */
  page(query: PageQuery): VersionPage {
    const [fromModel = '', fromVersion = '1'] = query.from.split('/');
    const names = query.model === '' ? this.#names : [query.model];
    const versions: ListedVersion[] = [];
    let bytes = 0;
    for (let at = lowerBound(names, fromModel); at < names.length; at += 1) {
      const name = names[at] ?? '';
      const first = name === fromModel ? Number(fromVersion) : 1;
      for (const version of this.#numbers(name, first, query.isAliasedOnly)) {
        const listed = this.#listed(name, version);
        bytes += listed.bytes.length;
        const isFull = versions.length === query.versionsMax || bytes > query.bytesMax;
        if (isFull && versions.length > 0) return { versions, nextPage: `${name}/${version}` };
        versions.push(listed);
      }
    }
    return { versions, nextPage: '' };
  }

  #listed(name: string, version: number): ListedVersion {
    const bytes = this.#model(name)?.versions.encoded(version) ?? new Uint8Array(0);
    return { model: name, version, state: this.stateOf(name, version), bytes };
  }

  /** Gives the numbers of a model's versions from one on: all, or those that an alias points to. */
  #numbers(name: string, first: number, isAliasedOnly: boolean): Iterable<number> {
    const model = this.#model(name);
    if (model === undefined) return [];
    if (!isAliasedOnly) return range(first, model.versions.count);
    const held = new Set(Object.values(model.record.aliases).map(({ version }) => version));
    return [...held].filter((version) => version >= first && version > 0).sort((a, b) => a - b);
  }

  /**
   * Gives one version.
   * @throws {MeshError} NOT_FOUND / MODEL_UNKNOWN or VERSION_UNKNOWN
   */
  version(model: string, version: number): ModelVersion {
    const versions = this.#model(model)?.versions;
    const found = versions?.get(version);
    if (found !== undefined) return found;
    if (versions === undefined || versions.count === 0) throw modelUnknown(model);
    throw new MeshError({
      code: 'NOT_FOUND',
      reason: 'VERSION_UNKNOWN',
      message: `model '${model}' has no version ${version}; it has 1 to ${versions.count}`,
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

  /** Gives how the traffic of a model is steered. */
  traffic(model: string): ModelTraffic {
    return this.#record(model)?.traffic ?? untouchedTraffic(model);
  }

  /** Gives the sequence at which an alias came to point to the version that it points to, or to nowhere; 0 when it never pointed anywhere. */
  movedAt(model: string, alias: string): number {
    const movedAt = this.#record(model)?.movedAt;
    return movedAt !== undefined && Object.hasOwn(movedAt, alias) ? (movedAt[alias] ?? 0) : 0;
  }

  /** Gives the newest evidence of a kind for a version. */
  evidence(model: string, version: number, kind: string): AttachedEvidence | undefined {
    const evidence = this.#record(model)?.evidence;
    const key = evidenceKey(version, kind);
    return evidence !== undefined && Object.hasOwn(evidence, key) ? evidence[key] : undefined;
  }

  #fold({ fact, sequence, actor, atMs }: RegistryEvent): void {
    switch (fact.kind) {
      case 'evidence-attached': {
        const { evidence } = fact;
        const record = this.#recordOf(evidence.model);
        const key = evidenceKey(evidence.version, evidence.kind);
        record.evidence ??= {};
        record.evidence[key] = { evidence, actor, atMs, sequence };
        return;
      }
      case 'version-registered': {
        const { record, versions } = this.#modelOf(fact.version.model);
        versions.push(fact.version);
        record.states.push('registered');
        return;
      }
      case 'aliases-moved':
        this.#moveAliases(fact, sequence);
        return;
      case 'version-quarantined': {
        const { states } = this.#recordOf(fact.model);
        this.#move(fact.aliases, sequence);
        const trigger = fact.isCleared ? 'cleared' : 'quarantined';
        states[fact.version - 1] = nextState(states[fact.version - 1] ?? 'registered', trigger);
        return;
      }
      case 'artifact-removed':
        this.#recordOf(fact.model).removed.push(fact.version);
        return;
      case 'traffic-set':
        this.#recordOf(fact.traffic.model).traffic = fact.traffic;
        return;
    }
  }

  #move(positions: readonly AliasPosition[], sequence: number): void {
    for (const position of positions) {
      moveAlias(this.#recordOf(position.model), position, sequence);
    }
  }

  #moveAliases({ aliases, isRollback }: AliasesMoved, sequence: number): void {
    const production = aliases.find(({ alias }) => alias === 'production');
    const fromVersion = production && this.alias(production.model, 'production')?.version;
    this.#move(aliases, sequence);
    if (!isRollback || production === undefined) return;
    const rollback = { sequence, fromVersion: fromVersion ?? 0, aliases };
    this.#recordOf(production.model).rollback = rollback;
  }

  #record(model: string): ModelRecord | undefined {
    return this.#model(model)?.record;
  }

  #model(name: string): Model | undefined {
    const unread = this.#unread.get(name);
    if (unread === undefined) return this.#models.get(name);
    // What stored() wrote, as its signature says.
    const record = JSON.parse(unread.record.toString()) as ModelRecord;
    const model = { record, versions: new StoredVersions(this.#codec, unread.versions) };
    this.#models.set(name, model);
    this.#unread.delete(name);
    return model;
  }

  #recordOf(name: string): ModelRecord {
    return this.#modelOf(name).record;
  }

  #modelOf(name: string): Model {
    const known = this.#model(name);
    if (known !== undefined) return known;
    const model = { record: emptyRecord(), versions: new StoredVersions(this.#codec) };
    this.#models.set(name, model);
    this.#names.splice(lowerBound(this.#names, name), 0, name);
    return model;
  }
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

/** Gives the numbers from `first` to `last`, both included. */
function* range(first: number, last: number): Generator<number> {
  for (let number = first; number <= last; number += 1) yield number;
}
