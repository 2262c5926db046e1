import { MeshError } from '../../shared/kernel/mesh-error.ts';
import { KeyValueStore, type StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { CataloguedSet } from '../core/catalogued-set.ts';
import type { DefinitionCatalogue } from '../ports.ts';
import { FactTable } from './fact-table.ts';

/** A set as it is stored. A newer mlmesh may write what this one does not know. */
interface StoredSet extends CataloguedSet {
  readonly layout: number;
}

/** What this code writes, and all that it reads. */
const layout = 1;

/** The catalogue of definitions in an LMDB folder of its own. */
export class LmdbDefinitionCatalogue implements DefinitionCatalogue {
  readonly #store: KeyValueStore;
  readonly #sets: StoreTable;
  readonly #facts: FactTable;

  /** @throws {MeshError} DATA_LOSS / STATE_CORRUPT when the folder holds no such store. */
  constructor(directory: string) {
    this.#store = KeyValueStore.open({ directory });
    this.#sets = this.#store.table('sets');
    this.#facts = new FactTable(this.#store.table('facts'));
  }

  sets(): readonly CataloguedSet[] {
    const sets: CataloguedSet[] = [];
    for (const { key, value } of this.#sets.range()) {
      const { layout: stored, ...set } = parse(value, String(key));
      if (stored === layout) sets.push(set);
    }
    return sets;
  }

  async put(sets: readonly CataloguedSet[]): Promise<void> {
    if (sets.length === 0) return;
    await this.#store.commit(() => {
      for (const set of sets) {
        const stored: StoredSet = { layout, ...set };
        this.#sets.put(set.featureSet.hash, Buffer.from(JSON.stringify(stored), 'utf8'));
      }
    });
  }

  storedViews(): readonly string[] | undefined {
    return this.#facts.get<readonly string[]>('stored-views');
  }

  async putStoredViews(ids: readonly string[]): Promise<void> {
    await this.#store.commit(() => this.#facts.put('stored-views', ids));
  }

  async close(): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}

function parse(bytes: Uint8Array, hash: string): StoredSet {
  try {
    // Written by put.
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredSet;
  } catch (error) {
    throw damaged(hash, error);
  }
}

function damaged(hash: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'STATE_CORRUPT',
    message: `the catalogue of definitions is damaged at feature set '${hash.slice(0, 64)}'; remove the folder 'definitions' of the feature service's data to begin a new one: earlier feature sets are not served then`,
    cause,
  });
}
