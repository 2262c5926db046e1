import type { Reason } from '../../shared/kernel/reason.ts';
import type { ModelContract, RowContract } from './model-contract.ts';

/** How rows are made for a version. */
export interface VersionRows {
  readonly contract: RowContract;
  /** For each join key of the contract, its position among the keys of a request; undefined where they are the same. */
  readonly keyIndexes: readonly number[] | undefined;
}

/** How rows are made for a version, or why none can be. */
export type RowsFound =
  | { readonly kind: 'rows'; readonly rows: VersionRows }
  | { readonly kind: 'refused'; readonly reason: Reason };

/** Gives the rows of the feature set that the mesh file gives a model. */
export function currentRows(contract: ModelContract): RowsFound {
  return { kind: 'rows', rows: { contract, keyIndexes: undefined } };
}

const pending: RowsFound = { kind: 'refused', reason: 'MODEL_NOT_READY' };

/** Knows which feature set each version was trained on, and how rows of it are made out of the requests of now. */
export class VersionSets {
  readonly #contracts: ReadonlyMap<string, ModelContract>;
  readonly #current: ReadonlyMap<string, RowsFound>;
  /** By model, then version: hash of the feature set. */
  readonly #hashes = new Map<string, Map<number, string>>();
  /** By hash: what is known of sets that are not a model's own. */
  readonly #sets = new Map<string, RowContract | Reason>();
  /** By model, then version, where it is not the model's own. */
  readonly #found = new Map<string, Map<number, RowsFound>>();

  constructor(contracts: ReadonlyMap<string, ModelContract>) {
    this.#contracts = contracts;
    this.#current = new Map(
      [...contracts].map(([model, contract]) => [model, currentRows(contract)]),
    );
  }

  /** Gives how rows are made for a version; as the mesh file says where nothing else is known of it. O(1). */
  rowsOf(contract: ModelContract, version: number): RowsFound {
    const { model } = contract;
    const found = this.#found.get(model)?.get(version) ?? this.#current.get(model);
    return found ?? currentRows(contract);
  }

  /** Whether a version can get rows, or is known not to: not whether that is still being asked. */
  isSettled(model: string, version: number): boolean {
    return this.#found.get(model)?.get(version) !== pending;
  }

  /** Notes which feature set a version was trained on; empty where the registry does not say. */
  learnVersion(model: string, version: number, featureSetHash: string): void {
    const contract = this.#contracts.get(model);
    if (contract === undefined || featureSetHash === '') return;
    if (featureSetHash === contract.featureSetHash) return;
    entryOf(this.#hashes, model).set(version, featureSetHash);
    this.#find(contract, version, featureSetHash);
  }

  /** Gives the hash of a version's feature set when nothing is known of the set; undefined when there is nothing to ask. */
  wantedSet(model: string, version: number): string | undefined {
    const hash = this.#hashes.get(model)?.get(version);
    return hash === undefined || this.#sets.has(hash) ? undefined : hash;
  }

  /** Notes how rows of a feature set are made, or why they cannot be. */
  learnSet(featureSetHash: string, set: RowContract | Reason): void {
    this.#sets.set(featureSetHash, set);
    for (const [model, versions] of this.#hashes) {
      const contract = this.#contracts.get(model);
      if (contract === undefined) continue;
      for (const [version, hash] of versions) {
        if (hash === featureSetHash) this.#find(contract, version, hash);
      }
    }
  }

  #find(contract: ModelContract, version: number, hash: string): void {
    const set = this.#sets.get(hash);
    entryOf(this.#found, contract.model).set(
      version,
      set === undefined ? pending : rowsFrom(contract, set),
    );
  }
}

/** What an earlier set needs has to be among what requests name now. */
function rowsFrom(contract: ModelContract, set: RowContract | Reason): RowsFound {
  if (typeof set === 'string') return { kind: 'refused', reason: set };
  const keyIndexes = set.joinKeys.map((name) => contract.joinKeys.indexOf(name));
  if (keyIndexes.includes(-1)) return { kind: 'refused', reason: 'ENTITY_MISSING' };
  const isGiven = set.requestInputs.every(({ name, type }) =>
    contract.requestInputs.some((input) => input.name === name && input.type === type),
  );
  if (!isGiven) return { kind: 'refused', reason: 'REQUEST_FEATURE_MISSING' };
  return { kind: 'rows', rows: { contract: set, keyIndexes } };
}

function entryOf<T>(map: Map<string, Map<number, T>>, model: string): Map<number, T> {
  const known = map.get(model);
  if (known !== undefined) return known;
  const entry = new Map<number, T>();
  map.set(model, entry);
  return entry;
}
