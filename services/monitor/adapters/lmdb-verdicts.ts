import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import type { RetainedLog } from '../../shared/platform/store/retention.ts';
import type { VerdictRecord } from '../core/verdict-record.ts';
import type { AutomaticRollback, VerdictStore } from '../release-ports.ts';

/** Verdicts that one commit lets go of. */
const removedMax = 1_024;

/** Verdicts in LMDB as JSON, by id, so in the order of time; and the last automatic rollback of each model. */
export class LmdbVerdicts implements VerdictStore, RetainedLog {
  readonly name = 'verdicts';
  readonly #store: KeyValueStore;
  readonly #verdictsMax: number;
  readonly #verdicts: StoreTable;
  readonly #rollbacks: StoreTable;
  #count: number;

  /** @param verdictsMax the oldest verdicts leave when there are more */
  constructor(store: KeyValueStore, verdictsMax: number) {
    this.#store = store;
    this.#verdictsMax = verdictsMax;
    this.#verdicts = store.table('verdicts');
    this.#rollbacks = store.table('automatic-rollbacks');
    this.#count = this.#verdicts.count();
  }

  async append(record: VerdictRecord): Promise<void> {
    try {
      await this.#store.commit(() => {
        if (!this.#verdicts.has(record.id)) this.#count += 1;
        this.#verdicts.put(record.id, encode(record));
        const surplus = Math.max(0, this.#count - this.#verdictsMax);
        for (const key of [...this.#verdicts.keys({ limit: surplus })]) {
          this.#verdicts.remove(key);
          this.#count -= 1;
        }
      });
    } catch (error) {
      this.#count = this.#verdicts.count();
      throw error;
    }
  }

  bytes(): number {
    return this.#verdicts.bytes();
  }

  oldestMs(): number | undefined {
    const [oldest, newer] = this.#verdicts.range({ limit: 2 });
    return newer === undefined ? undefined : decode<VerdictRecord>(oldest?.value)?.atMs;
  }

  async letGo(beforeMs: number): Promise<number> {
    try {
      return await this.#store.commit(() => {
        // The newest stays.
        const oldest = [...this.#verdicts.range({ limit: removedMax + 1 })].slice(0, -1);
        const old = oldest.filter(
          ({ value }) => (decode<VerdictRecord>(value)?.atMs ?? 0) < beforeMs,
        );
        for (const { key } of old) this.#verdicts.remove(key);
        this.#count -= old.length;
        return old.length;
      });
    } catch (error) {
      this.#count = this.#verdicts.count();
      throw error;
    }
  }

  verdict(id: string): VerdictRecord | undefined {
    return decode(this.#verdicts.get(id));
  }

  *newest(): Generator<VerdictRecord> {
    for (const { value } of this.#verdicts.range({ isReverse: true })) {
      const record = decode<VerdictRecord>(value);
      if (record !== undefined) yield record;
    }
  }

  async keepRollback(rollback: AutomaticRollback): Promise<void> {
    await this.#store.commit(() => this.#rollbacks.put(rollback.model, encode(rollback)));
  }

  lastRollback(model: string): AutomaticRollback | undefined {
    return decode(this.#rollbacks.get(model));
  }
}

function encode(value: VerdictRecord | AutomaticRollback): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** What stands there was written by `encode`. */
function decode<T>(bytes: Uint8Array | undefined): T | undefined {
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as T);
}
