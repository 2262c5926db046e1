import type { CheckpointStore } from '../../services/feature/core/checkpoint.ts';
import type {
  EntityChange,
  EntityStore,
  StoredEntity,
} from '../../services/feature/core/entity-store.ts';

/** States in memory, of one view: near, or far away so that they have to be loaded. */
export class MemoryStates implements EntityStore, CheckpointStore {
  readonly isRemote: boolean;
  readonly states = new Map<string, Map<number, Uint8Array>>();
  readonly applied = new Map<string, number>();
  checkpointSeq = 0;
  /** Entities that were loaded. */
  loads = 0;
  isFull = false;
  /** What loads wait for. */
  gate: Promise<void> = Promise.resolve();

  constructor(isRemote = false) {
    this.isRemote = isRemote;
  }

  viewStats() {
    return { entities: this.applied.size, newestTs: Number.NEGATIVE_INFINITY };
  }

  find(_viewId: string, key: string): StoredEntity | undefined | 'elsewhere' {
    if (!this.states.has(key)) return undefined;
    return this.isRemote ? 'elsewhere' : this.#load(key);
  }

  async load(_viewId: string, keys: readonly string[]) {
    const stored = keys.map((key) => this.#load(key));
    await this.gate;
    return stored;
  }

  keysAfter(_viewId: string, after: string | undefined, limit: number): readonly string[] {
    return [...this.states.keys()]
      .sort((a, b) => (a < b ? -1 : 1))
      .filter((key) => after === undefined || key > after)
      .slice(0, limit);
  }

  write(changes: readonly EntityChange[]): Promise<readonly EntityChange[]> {
    if (this.isFull) return Promise.reject(new Error('disk full'));
    return Promise.resolve(changes.filter((change) => !this.#put(change)));
  }

  writeFacts({ checkpointSeq }: { readonly checkpointSeq: number }): Promise<void> {
    this.checkpointSeq = checkpointSeq;
    return Promise.resolve();
  }

  #load(key: string): StoredEntity | undefined {
    const chunks = this.states.get(key);
    if (chunks === undefined) return undefined;
    this.loads += 1;
    const appliedSeq = this.applied.get(key) ?? 0;
    return {
      chunks: [...chunks].map(([chunkKey, bytes]) => ({ key: chunkKey, bytes })),
      appliedSeq,
      baseSeq: appliedSeq,
    };
  }

  #put({ key, chunks, appliedSeq, baseSeq }: EntityChange): boolean {
    const storedSeq = this.applied.get(key);
    if (storedSeq !== undefined && storedSeq >= appliedSeq) return true;
    if (baseSeq !== undefined && baseSeq !== storedSeq) return false;
    const stored = (baseSeq === undefined ? undefined : this.states.get(key)) ?? new Map();
    this.states.set(key, stored);
    for (const { key: chunkKey, bytes } of chunks) {
      if (bytes === undefined) stored.delete(chunkKey);
      else stored.set(chunkKey, bytes);
    }
    this.applied.set(key, appliedSeq);
    return true;
  }
}
