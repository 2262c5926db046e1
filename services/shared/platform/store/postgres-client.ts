import { DatabaseError, Pool } from 'pg';
import type { Clock } from '../../kernel/clock.ts';
import { MeshError, messageOf } from '../../kernel/mesh-error.ts';
import { durationMs } from '../../kernel/units.ts';
import type { PostgresUrl } from './postgres-url.ts';
import { diskFull } from './store-error.ts';

/** How a database is reached. */
export interface PostgresClientOptions {
  readonly url: PostgresUrl;
  /** Name of the connections, as `pg_stat_activity` shows it. */
  readonly name: string;
  readonly clock: Clock;
  /** A statement that finds no server is sent again for so long. Default 3,000 ms: a server that is restarted is there again by then. */
  readonly patienceMs?: number;
  /** A statement that has no reply after this has failed. Default 5,000 ms. */
  readonly statementMsMax?: number;
}

/** What a statement gave: its rows, and how many it has changed. */
export interface PostgresResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly count: number;
}

/** 4: one for the decisions, which follow one another, the others for readers. */
const connectionsMax = 4;
const patienceMsDefault = 3_000;
const statementMsDefault = 5_000;
const pauseMs = durationMs(50);
const retryMs = 1_000;

/** SQLSTATEs of a server that can't work now: connection, resources, operator's intervention, a standby that only reads. */
const unavailableStates = /^(08...|53[^1]..|57...|25006)$/;
/** SQLSTATEs of a server that will not have this user: who it is, which database, what is allowed. */
const refusedStates = /^(28...|3D000|42501)$/;
const diskFullState = '53100';
const uniqueState = '23505';

/**
 * Connections to a Postgres, made when they are needed. Every statement has to be one that may be sent twice: one whose connection broke is sent
 * again, whether the server had carried it out or not.
 */
export class PostgresClient {
  readonly #pool: Pool;
  readonly #shown: string;
  readonly #clock: Clock;
  readonly #patienceMs: number;

  private constructor(pool: Pool, options: PostgresClientOptions) {
    this.#pool = pool;
    this.#shown = options.url.shown;
    this.#clock = options.clock;
    this.#patienceMs = options.patienceMs ?? patienceMsDefault;
  }

  /**
   * Connects.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE when nobody answers there, or with an error;
   * FAILED_PRECONDITION / INVALID_CONFIG when the server would lose what it has acknowledged, or does not let this user in.
   */
  static async connect(options: PostgresClientOptions): Promise<PostgresClient> {
    const statementMs = options.statementMsMax ?? statementMsDefault;
    const pool = new Pool({
      connectionString: options.url.url,
      application_name: options.name,
      max: connectionsMax,
      connectionTimeoutMillis: statementMs,
      query_timeout: statementMs,
      statement_timeout: statementMs,
      // What is acknowledged is on disk, whatever the server's own default is.
      options: '-c synchronous_commit=on',
    });
    // A connection that ends while nobody uses it concerns nobody; without a listener it would end the process.
    pool.on('error', () => undefined);
    const client = new PostgresClient(pool, options);
    try {
      await client.#refuseCarelessness();
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /**
   * Runs one statement, in a transaction of its own.
   * @throws {MeshError} UNAVAILABLE / STORE_UNAVAILABLE; RESOURCE_EXHAUSTED / DISK_FULL; FAILED_PRECONDITION / INVALID_CONFIG
   * @throws {Error} one that {@link isUniqueViolation} knows; anything else is a fault of the program
   */
  async query(sql: string, values: readonly unknown[] = []): Promise<PostgresResult> {
    const startedMs = this.#clock.monotonic();
    for (;;) {
      try {
        const { rows, rowCount } = await this.#pool.query(sql, [...values]);
        return { rows, count: rowCount ?? 0 };
      } catch (error) {
        if (!isUnavailable(error)) throw this.#classified(error);
        const isOver = this.#clock.monotonic() - startedMs >= this.#patienceMs;
        if (isOver) throw unavailable(this.#shown, error);
        await this.#clock.sleep(pauseMs, new AbortController().signal);
      }
    }
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#pool.end();
  }

  #classified(error: unknown): unknown {
    const state = stateOf(error) ?? '';
    if (state === diskFullState) return diskFull(this.#shown, error);
    return refusedStates.test(state) ? refused(this.#shown, error) : error;
  }

  async #refuseCarelessness(): Promise<void> {
    const { rows } = await this.query('SHOW fsync');
    if (rows[0]?.['fsync'] !== 'off') return;
    throw new MeshError({
      code: 'FAILED_PRECONDITION',
      reason: 'INVALID_CONFIG',
      message: `wanted a Postgres at ${this.#shown} that keeps what it has acknowledged, got one with fsync = off; set it to on`,
    });
  }
}

/** Tells whether a statement was refused because a row with its key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return stateOf(error) === uniqueState;
}

function stateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** What the server has not answered at all, or with a state that passes. */
function isUnavailable(error: unknown): boolean {
  return error instanceof DatabaseError ? unavailableStates.test(error.code ?? '') : true;
}

function refused(shown: string, cause: unknown): MeshError {
  return new MeshError({
    code: 'FAILED_PRECONDITION',
    reason: 'INVALID_CONFIG',
    message: `wanted to use the Postgres at ${shown}, but it refuses: ${messageOf(cause)}; check user, password and database of the URL, and that the user may create tables there`,
    cause,
  });
}

function unavailable(shown: string, cause: unknown): MeshError {
  // Node hides the errors of both addresses of a name in an AggregateError without a text.
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return new MeshError({
    code: 'UNAVAILABLE',
    reason: 'STORE_UNAVAILABLE',
    message: `wanted an answer of the Postgres at ${shown}, got: ${messageOf(inner)}; what was acknowledged is kept, ask again when it is back`,
    retry: { kind: 'after', delayMs: retryMs },
    cause,
  });
}
