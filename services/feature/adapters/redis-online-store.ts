import type { Clock } from '../../shared/kernel/clock.ts';
import type { KeyValueStore, StoreTable } from '../../shared/platform/store/key-value-store.ts';
import { type RedisClient, redisScript } from '../../shared/platform/store/redis-client.ts';
import type { EntityChange, StoredEntity, ViewStats } from '../core/entity-store.ts';
import { stateLost } from '../core/state-lost.ts';
import type { OnlineFacts, OnlineStore } from '../ports.ts';
import { FactTable, numberBytes, readNumber } from './fact-table.ts';

/** What a {@link RedisOnlineStore} works with. */
export interface RedisOnlineStoreOptions {
  readonly client: RedisClient;
  /** The LMDB folder of the log: knows which entities there are. */
  readonly files: KeyValueStore;
  readonly clock: Clock;
  readonly meshName: string;
  /** Tells this log from any other: states of another say nothing about it. */
  readonly logId: string;
  readonly views: ReadonlyMap<string, RedisView>;
}

/** What the store has to know of a view. */
export interface RedisView {
  /** Hash of what the states depend on. */
  readonly stateHash: string;
  /** An entity without a new event for so long is reached by no window any more. */
  readonly lifeMs: number;
}

/** Table of all entities whose states are in Redis. */
export const onlineIndexTable = 'online-index';

/** Field of a state's hash beside its chunks. */
const appliedField = 'applied';

/** Above all keys that are texts. */
const textKeyEnd = '\u{10ffff}';

/** Keys that one transaction removes. */
const clearKeysMax = 10_000;

/** The clocks of Redis and of this machine may differ by so much. */
const clockSkewMs = 60_000;

/** What the script answers where a change builds on something else than what is stored. */
const misfit = 2;

/**
 * Applies a change when it is newer. KEYS: state. ARGV: applied, base or '', life in ms or 0, number of chunks that are set,
 * then their field and bytes in turn, then the fields that are removed. A repetition finds what it has written, and stops.
 */
const applyScript = redisScript(`
local stored = redis.call('HGET', KEYS[1], '${appliedField}')
if stored and tonumber(stored) >= tonumber(ARGV[1]) then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif stored ~= ARGV[2] then return ${misfit} end
local last = 4 + 2 * tonumber(ARGV[4])
for i = 5, last, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('HSET', KEYS[1], '${appliedField}', ARGV[1])
if ARGV[3] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
`);

/**
 * The online state in Redis: one hash for each view and entity, with the bytes that LMDB would hold. Beside the log stands
 * an index of all entities: what was written at which log offset, and what is left of a state that has expired. So Redis
 * may lose anything, and it shows: an entity that the index has is never taken for one that nobody has seen.
 */
export class RedisOnlineStore implements OnlineStore {
  readonly isRemote = true;
  readonly #client: RedisClient;
  readonly #files: KeyValueStore;
  readonly #index: StoreTable;
  readonly #facts: FactTable;
  readonly #clock: Clock;
  readonly #views: RedisOnlineStoreOptions['views'];
  readonly #prefix: string;
  readonly #logId: string;
  /** A hash in Redis that has the same facts as this machine, as long as Redis has lost nothing. */
  readonly #markKey: string;

  constructor({ client, files, clock, meshName, logId, views }: RedisOnlineStoreOptions) {
    this.#client = client;
    this.#files = files;
    this.#index = files.table(onlineIndexTable);
    this.#facts = new FactTable(files.table('facts'));
    this.#clock = clock;
    this.#views = views;
    this.#prefix = `mlmesh:${meshName}:`;
    this.#logId = logId;
    this.#markKey = `${this.#prefix}{mark}:${logId}`;
  }

  checkpointSeq(): number {
    return this.#facts.number('online/checkpoint-seq');
  }

  viewHash(viewId: string): string | undefined {
    return this.#facts.get<string>(`online/view/${viewId}`);
  }

  viewStats(viewId: string): ViewStats {
    const stats = this.#facts.get<{ entities: number; newestTs: number | null }>(
      `online/stats/${viewId}`,
    );
    return {
      entities: stats?.entities ?? 0,
      newestTs: stats?.newestTs ?? Number.NEGATIVE_INFINITY,
    };
  }

  find(viewId: string, key: string): undefined | 'elsewhere' {
    return this.#index.has([viewId, key]) ? 'elsewhere' : undefined;
  }

  async load(
    viewId: string,
    keys: readonly string[],
  ): Promise<readonly (StoredEntity | undefined)[]> {
    return await Promise.all(keys.map((key) => this.#loadOne(viewId, key)));
  }

  keysAfter(viewId: string, after: string | undefined, limit: number): readonly string[] {
    const start = [viewId, after ?? ''];
    const range = { start, end: [viewId, textKeyEnd], limit: limit + 1 };
    return [...this.#index.range(range)]
      .map(({ key }) => (Array.isArray(key) ? String(key[1]) : ''))
      .filter((key) => key !== after)
      .slice(0, limit);
  }

  async write(changes: readonly EntityChange[]): Promise<readonly EntityChange[]> {
    const sentAtMs = this.#clock.epoch();
    const outcomes = await Promise.all(changes.map((change) => this.#apply(change)));
    // Behind Redis, never ahead of it: what the index has is in Redis, or lost.
    await this.#files.commit(() => {
      changes.forEach((change, index) => {
        if (outcomes[index] !== misfit) this.#putIndex(change, sentAtMs);
      });
    });
    return changes.filter((_, index) => outcomes[index] === misfit);
  }

  async writeFacts({ viewHashes, stats, checkpointSeq }: OnlineFacts): Promise<void> {
    const marks = new Map<string, string>();
    for (const [viewId, hash] of viewHashes ?? []) marks.set(`view/${viewId}`, hash);
    if (checkpointSeq !== undefined) marks.set('checkpoint', String(checkpointSeq));
    if (marks.size > 0) await this.#client.writeHash(this.#markKey, marks);
    await this.#files.commit(() => {
      for (const [viewId, hash] of viewHashes ?? []) this.#facts.put(`online/view/${viewId}`, hash);
      for (const [viewId, of] of stats ?? []) this.#facts.put(`online/stats/${viewId}`, of);
      if (checkpointSeq !== undefined) {
        this.#facts.putNumber('online/checkpoint-seq', checkpointSeq);
      }
    });
  }

  async removeEntity(viewId: string, key: string): Promise<void> {
    await this.#client.remove(this.#keyOf(viewId, key));
    await this.#files.commit(() => this.#index.remove([viewId, key]));
  }

  async clearView(viewId: string): Promise<void> {
    await this.#files.commit(() => {
      this.#facts.remove(`online/view/${viewId}`);
      this.#facts.remove(`online/stats/${viewId}`);
    });
    await this.#client.removeFields(this.#markKey, [`view/${viewId}`]);
    // Whatever their definition was; of this log only: another one may be in use.
    const states = this.#client.keys(`${this.#prefix}{${viewId}|`, '');
    for await (const keys of states) {
      const own = keys.filter((key) => key.includes(`}:${this.#logId}-`));
      await Promise.all(own.map((key) => this.#client.remove(key)));
    }
    const range = { start: [viewId, ''], end: [viewId, textKeyEnd], limit: clearKeysMax };
    for (;;) {
      const keys = [...this.#index.range(range)].map((entry) => entry.key);
      if (keys.length === 0) return;
      await this.#files.commit(() => {
        for (const key of keys) this.#index.remove(key);
      });
    }
  }

  async forget(): Promise<void> {
    await this.#files.commit(() => {
      for (const viewId of this.#views.keys()) this.#facts.remove(`online/view/${viewId}`);
      this.#facts.remove('online/checkpoint-seq');
    });
    await this.#client.remove(this.#markKey);
  }

  async refresh(): Promise<void> {
    const wanted = { views: [...this.#views.keys()], checkpointSeq: this.checkpointSeq() };
    const hashes = wanted.views.map((viewId) => this.viewHash(viewId));
    const marks = await this.#client.readHash(this.#markKey);
    wanted.views.forEach((viewId, index) => {
      const hash = hashes[index];
      if (hash === undefined || marks.get(`view/${viewId}`)?.toString() === hash) return;
      throw stateLost(`its mark of view '${viewId}' is gone`);
    });
    const checkpointSeq = Number(marks.get('checkpoint')?.toString() ?? 0);
    if (checkpointSeq >= wanted.checkpointSeq) return;
    throw stateLost(`it is at log offset ${checkpointSeq}, and was at ${wanted.checkpointSeq}`);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  async #loadOne(viewId: string, key: string): Promise<StoredEntity | undefined> {
    const entry = this.#index.get([viewId, key]);
    if (entry === undefined) return undefined;
    const [appliedSeq, expiresAtMs] = [readNumber(entry, 0), readNumber(entry, 1)];
    const fields = await this.#client.readHash(this.#keyOf(viewId, key));
    const applied = fields.get(appliedField);
    if (applied === undefined) {
      if (this.#clock.epoch() < expiresAtMs - clockSkewMs) {
        throw stateLost(`an entity of view '${viewId}' is gone before its time`);
      }
      const remainder = { key: 0, bytes: entry.subarray(indexHeadBytes) };
      return { chunks: [remainder], appliedSeq, baseSeq: undefined };
    }
    const storedSeq = Number(applied.toString());
    if (storedSeq < appliedSeq) {
      throw stateLost(`an entity of view '${viewId}' is older than what was written`);
    }
    const chunks = [...fields]
      .filter(([field]) => field !== appliedField)
      .map(([field, bytes]) => ({ key: Number(field), bytes }));
    return { chunks, appliedSeq: storedSeq, baseSeq: storedSeq };
  }

  async #apply(change: EntityChange): Promise<unknown> {
    const { viewId, key, chunks, appliedSeq, baseSeq, remainder } = change;
    const sets: (string | Uint8Array)[] = [];
    const removals: string[] = [];
    for (const { key: chunkKey, bytes } of chunks) {
      if (bytes === undefined) removals.push(String(chunkKey));
      else sets.push(String(chunkKey), bytes);
    }
    const base = baseSeq === undefined ? '' : String(baseSeq);
    const life = remainder === undefined ? '0' : String(this.#viewOf(viewId).lifeMs);
    const head = [String(appliedSeq), base, life, String(sets.length / 2)];
    const args = [...head, ...sets, ...removals];
    return await this.#client.run(applyScript, this.#keyOf(viewId, key), args);
  }

  #putIndex({ viewId, key, appliedSeq, remainder }: EntityChange, sentAtMs: number): void {
    const expiresAtMs =
      remainder === undefined ? Number.POSITIVE_INFINITY : sentAtMs + this.#viewOf(viewId).lifeMs;
    const head = numberBytes(appliedSeq, expiresAtMs);
    this.#index.put([viewId, key], Buffer.concat([head, remainder ?? new Uint8Array(0)]));
  }

  /** The braces hold what says where in a cluster the key is. */
  #keyOf(viewId: string, key: string): string {
    const { stateHash } = this.#viewOf(viewId);
    const version = `${this.#logId}-${stateHash.slice(0, 12)}`;
    return `${this.#prefix}{${viewId}|${wellFormed(key)}}:${version}`;
  }

  #viewOf(viewId: string): RedisView {
    const view = this.#views.get(viewId);
    if (view === undefined) throw new Error(`no view ${viewId}`);
    return view;
  }
}

const indexHeadBytes = 16;

/** Half a surrogate pair has no bytes of its own in UTF-8: two such keys would be one. */
function wellFormed(key: string): string {
  return /\p{Surrogate}/u.test(key) ? `\u0000${JSON.stringify(key)}` : key;
}
