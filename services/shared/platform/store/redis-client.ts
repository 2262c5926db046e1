import { createHash } from 'node:crypto';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import type { RedisUrl } from './redis-url.ts';

/** How a Redis is reached. */
export interface RedisClientOptions {
  readonly url: RedisUrl;
  /** Name of the connection, as `CLIENT LIST` shows it. */
  readonly name: string;
  readonly clock: Clock;
  /** A command that has no reply after this has failed. Default 1,000 ms. */
  readonly commandMsMax?: number;
  /** Default 5,000 ms. */
  readonly connectMsMax?: number;
}

/** A Lua script that works on one key. */
export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
}

/** Gives a script with what Redis knows it by. */
export function redisScript(lua: string): RedisScript {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

const commandMsDefault = 1_000;
const connectMsDefault = 5_000;
/** Pause between two questions whether a server that hung goes on. */
const pingPauseMs = durationMs(20);
/** Longest pause between two attempts to connect again. */
const reconnectMsMax = 1_000;
/** Times that a command is sent: once, and again on a new connection when the first broke. All commands here may be repeated. */
const resendsMax = 1;
/** In a cluster, a shared pipeline would send these where their first argument belongs, which is no key. */
const notPipelined = ['eval', 'evalsha', 'scan', 'info', 'ping'];
/** Keys that Redis looks at in one step of a scan. */
const scanCount = 1_000;

/**
 * A connection to Redis, or to Redis Cluster where the server is part of one. Commands of one turn of the event loop share
 * a round trip. A command that finds no connection fails at once; behind it the client connects again, as long as it lives.
 */
export class RedisClient {
  readonly #redis: Redis | Cluster;
  readonly #shown: string;
  readonly #clock: Clock;
  /** Set while the server holds the connection and does not answer: commands fail at once then. */
  #isStalled = false;

  private constructor(redis: Redis | Cluster, { url, clock }: RedisClientOptions) {
    this.#redis = redis;
    this.#shown = url.shown;
    this.#clock = clock;
  }

  /**
   * Connects.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE when nobody answers there, or with an error;
   * FAILED_PRECONDITION / INVALID_CONFIG when the server would throw data away to make room.
   */
  static async connect(options: RedisClientOptions): Promise<RedisClient> {
    const { shown } = options.url;
    const single = new Connecting(options);
    const redis = await single.run(
      new Redis({ ...single.options, retryStrategy: (times) => single.pauseMs(times) }),
    );
    try {
      const info = await redis.info();
      refuseEviction(info, shown);
      if (!/^cluster_enabled:1/m.test(info)) return new RedisClient(redis, options);
    } catch (error) {
      redis.disconnect();
      throw error instanceof MeshError ? error : unavailable(shown, error);
    }
    redis.disconnect();
    return new RedisClient(await connectCluster(options), options);
  }

  /** Gives the fields of a hash; empty when there is no such key. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  async readHash(key: string): Promise<ReadonlyMap<string, Buffer>> {
    const fields = await this.#send((redis) => redis.hgetallBuffer(key));
    return new Map(Object.entries(fields));
  }

  /** Sets fields of a hash. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  async writeHash(key: string, fields: ReadonlyMap<string, string>): Promise<void> {
    await this.#send((redis) => redis.hset(key, Object.fromEntries(fields)));
  }

  /** Removes fields of a hash. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  async removeFields(key: string, fields: readonly string[]): Promise<void> {
    await this.#send((redis) => redis.hdel(key, ...fields));
  }

  /** Removes a key. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  async remove(key: string): Promise<void> {
    await this.#send((redis) => redis.unlink(key));
  }

  /** Runs a script on one key; Redis runs nothing else meanwhile. @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE */
  async run(
    { lua, sha }: RedisScript,
    key: string,
    args: readonly (string | Uint8Array)[],
  ): Promise<unknown> {
    const values = args.map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg)));
    return await this.#send(async (redis) => {
      try {
        return await redis.evalsha(sha, 1, key, ...values);
      } catch (error) {
        // A server that was started anew, or another node, does not know the script yet.
        if (replyCode(error) !== 'NOSCRIPT') throw error;
        return await redis.eval(lua, 1, key, ...values);
      }
    });
  }

  /**
   * Gives all keys that begin and end with these texts, in parts; one may come twice.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE
   */
  async *keys(prefix: string, suffix: string): AsyncGenerator<readonly string[]> {
    const pattern = `${literal(prefix)}*${literal(suffix)}`;
    const nodes = this.#redis instanceof Cluster ? this.#redis.nodes('master') : [this.#redis];
    for (const node of nodes) {
      let cursor = '0';
      do {
        const from = cursor;
        const [next, keys] = await this.#send(() =>
          node.scan(from, 'MATCH', pattern, 'COUNT', scanCount),
        );
        cursor = next;
        if (keys.length > 0) yield keys;
      } while (cursor !== '0');
    }
  }

  /** Ends the connection; commands under way fail. */
  close(): void {
    this.#redis.disconnect();
  }

  async #send<T>(command: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    if (this.#isStalled) throw unavailable(this.#shown, new Error('it does not answer'));
    try {
      return await command(this.#redis);
    } catch (error) {
      if (replyCode(error) === undefined && this.#redis.status === 'ready') void this.#waitOut();
      throw unavailable(this.#shown, error);
    }
  }

  /**
   * Asks until there is a reply or the connection is known to have ended. A command may fail at once, before the client has
   * learnt of that end: it does in a later turn, which a loop without a pause would never let come.
   */
  async #waitOut(): Promise<void> {
    if (this.#isStalled) return;
    this.#isStalled = true;
    while (this.#isStalled && this.#redis.status === 'ready') {
      await this.#redis.ping().then(
        () => {
          this.#isStalled = false;
        },
        (error: unknown) => {
          if (replyCode(error) !== undefined) this.#isStalled = false;
        },
      );
      await this.#clock.sleep(pingPauseMs, new AbortController().signal);
    }
    this.#isStalled = false;
  }
}

/** One attempt to connect: fails with what the connection met, and at the end of its time. */
class Connecting {
  readonly options: Omit<RedisOptions, 'replyMapping'>;
  readonly #shown: string;
  readonly #clock: Clock;
  readonly #connectMsMax: number;
  #isConnected = false;
  #lastError: unknown;

  constructor({ url, name, clock, commandMsMax, connectMsMax }: RedisClientOptions) {
    const { host, port, db, username, password, isTls, shown } = url;
    this.#shown = shown;
    this.#clock = clock;
    this.#connectMsMax = connectMsMax ?? connectMsDefault;
    this.options = {
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(isTls ? { tls: {} } : {}),
      connectionName: name,
      lazyConnect: true,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      autoPipeliningIgnoredCommands: notPipelined,
      maxRetriesPerRequest: resendsMax,
      commandTimeout: commandMsMax ?? commandMsDefault,
      connectTimeout: this.#connectMsMax,
    };
  }

  /** Gives how long to wait before the next attempt: none is made before the first has succeeded. */
  pauseMs(times: number): number | null {
    return this.#isConnected ? Math.min(times * 50, reconnectMsMax) : null;
  }

  async run<R extends Redis | Cluster>(redis: R): Promise<R> {
    // Every failure reaches a command; without a listener they would be printed too.
    redis.on('error', (error: unknown) => {
      this.#lastError = error;
    });
    const connected = new AbortController();
    const late = this.#clock.sleep(durationMs(this.#connectMsMax), connected.signal).then(() => {
      throw new Error(`it did not answer within ${this.#connectMsMax} ms`);
    });
    try {
      await Promise.race([redis.connect(), late]);
      this.#isConnected = true;
      return redis;
    } catch (error) {
      redis.disconnect();
      throw unavailable(this.#shown, this.#lastError ?? error);
    } finally {
      connected.abort();
      late.catch(() => undefined);
    }
  }
}

async function connectCluster(options: RedisClientOptions): Promise<Cluster> {
  const connecting = new Connecting(options);
  const { host, port } = options.url;
  const cluster = new Cluster([{ host, port }], {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    autoPipeliningIgnoredCommands: notPipelined,
    maxRedirections: 4,
    clusterRetryStrategy: (times) => connecting.pauseMs(times),
    // A cluster has one database.
    redisOptions: { ...connecting.options, db: 0 },
  });
  return await connecting.run(cluster);
}

/** States without a trace would look like entities that nobody has ever seen. */
function refuseEviction(info: string, shown: string): void {
  const bytesMax = /^maxmemory:(\d+)/m.exec(info)?.[1] ?? '0';
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (bytesMax === '0' || policy === 'noeviction') return;
  throw new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted a Redis at ${shown} that keeps what it has, got one that removes keys when its memory is full (maxmemory-policy ${policy}); set maxmemory-policy noeviction: it refuses writes then, which are tried again`,
  });
}

/** Gives the code of an error that the server has answered, such as NOSCRIPT; undefined for any other. */
function replyCode(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'ReplyError'
    ? error.message.split(' ', 1)[0]
    : undefined;
}

/** Gives a text as a pattern that matches it alone. */
function literal(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function unavailable(shown: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'STORE_UNAVAILABLE',
    message: `wanted an answer of the Redis at ${shown}, but: ${messageOf(cause)}; look whether it runs and can be reached`,
    retry: { kind: 'after', delayMs: 1_000 },
    cause,
  });
}
