import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { EntityChange, StoredEntity, ViewStats } from '../core/entity-store.ts';
import type { OnlineFacts, OnlineStore } from '../ports.ts';
import { FactTable, numberBytes, readNumber } from './fact-table.ts';

/** Part of a state's key beside its chunks: the log offset that the chunks have seen. */
const appliedKey = -1;

/** Above all keys of chunks. */
const chunkKeyEnd = 2 ** 32;

/** Above all keys that are texts. */
const textKeyEnd = '\u{10ffff}';

/** Keys that one transaction removes: a pause of some ten milliseconds for others who write. */
const clearKeysMax = 10_000;

/** The online state in the LMDB folder of the log: loaded without waiting. Several threads of one process may have it open. */
export class LmdbOnlineStore implements OnlineStore {
  readonly isRemote = false;
  readonly #store: KeyValueStore;
  readonly #states: StoreTable;
  readonly #facts: FactTable;

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.#states = store.table('states');
    this.#facts = new FactTable(store.table('facts'));
  }

  checkpointSeq(): number {
    return this.#facts.number('checkpoint-seq');
  }

  viewHash(viewId: string): string | undefined {
    return this.#facts.get<string>(`view/${viewId}`);
  }

  viewStats(viewId: string): ViewStats {
    const stats = this.#facts.get<{ entities: number; newestTs: number | null }>(`stats/${viewId}`);
    return {
      entities: stats?.entities ?? 0,
      newestTs: stats?.newestTs ?? Number.NEGATIVE_INFINITY,
    };
  }

  find(viewId: string, key: string): StoredEntity | undefined {
    let appliedSeq = 0;
    const chunks: { key: number; bytes: Uint8Array }[] = [];
    for (const { key: parts, value } of this.#states.range(rangeOf(viewId, key))) {
      const chunkKey = Number(Array.isArray(parts) ? parts[2] : Number.NaN);
      if (chunkKey === appliedKey) appliedSeq = readNumber(value);
      else chunks.push({ key: chunkKey, bytes: value });
    }
    return chunks.length === 0 ? undefined : { chunks, appliedSeq, baseSeq: appliedSeq };
  }

  load(viewId: string, keys: readonly string[]): Promise<readonly (StoredEntity | undefined)[]> {
    return Promise.resolve(keys.map((key) => this.find(viewId, key)));
  }

  keysAfter(viewId: string, after: string | undefined, limit: number): readonly string[] {
    const keys: string[] = [];
    let start = after === undefined ? [viewId, ''] : [viewId, after, chunkKeyEnd];
    while (keys.length < limit) {
      const [entry] = this.#states.range({ start, end: [viewId, textKeyEnd], limit: 1 });
      if (!Array.isArray(entry?.key)) break;
      const key = String(entry.key[1]);
      keys.push(key);
      start = [viewId, key, chunkKeyEnd];
    }
    return keys;
  }

  async write(changes: readonly EntityChange[]): Promise<readonly EntityChange[]> {
    return await this.#store.commit(() => changes.filter((change) => !this.#put(change)));
  }

  async writeFacts({ viewHashes, stats, checkpointSeq }: OnlineFacts): Promise<void> {
    await this.#store.commit(() => {
      for (const [viewId, hash] of viewHashes ?? []) this.#facts.put(`view/${viewId}`, hash);
      for (const [viewId, viewStats] of stats ?? []) this.#facts.put(`stats/${viewId}`, viewStats);
      if (checkpointSeq !== undefined) this.#facts.putNumber('checkpoint-seq', checkpointSeq);
    });
  }

  async removeEntity(viewId: string, key: string): Promise<void> {
    await this.#store.commit(() => this.#removeAll(viewId, key));
  }

  async clearView(viewId: string): Promise<void> {
    await this.#store.commit(() => {
      this.#facts.remove(`view/${viewId}`);
      this.#facts.remove(`stats/${viewId}`);
    });
    const range = { start: [viewId, ''], end: [viewId, textKeyEnd], limit: clearKeysMax };
    for (;;) {
      const keys = [...this.#states.range(range)].map((entry) => entry.key);
      if (keys.length === 0) return;
      await this.#store.commit(() => {
        for (const key of keys) this.#states.remove(key);
      });
    }
  }

  async forget(): Promise<void> {
    const names = [...this.#facts.names('view/')];
    await this.#store.commit(() => {
      for (const name of names) this.#facts.remove(name);
      this.#facts.remove('checkpoint-seq');
    });
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Gives whether the change fitted; an older one than what is stored has nothing to add. */
  #put({ viewId, key, chunks, appliedSeq, baseSeq }: EntityChange): boolean {
    const stored = this.#states.get([viewId, key, appliedKey]);
    const storedSeq = stored === undefined ? undefined : readNumber(stored);
    if (storedSeq !== undefined && storedSeq >= appliedSeq) return true;
    if (baseSeq === undefined) this.#removeAll(viewId, key);
    else if (baseSeq !== storedSeq) return false;
    for (const { key: chunkKey, bytes } of chunks) {
      if (bytes === undefined) this.#states.remove([viewId, key, chunkKey]);
      else this.#states.put([viewId, key, chunkKey], bytes);
    }
    this.#states.put([viewId, key, appliedKey], numberBytes(appliedSeq));
    return true;
  }

  #removeAll(viewId: string, key: string): void {
    for (const entry of [...this.#states.range(rangeOf(viewId, key))])
      this.#states.remove(entry.key);
  }
}

function rangeOf(viewId: string, key: string) {
  return { start: [viewId, key, appliedKey], end: [viewId, key, chunkKeyEnd] };
}
