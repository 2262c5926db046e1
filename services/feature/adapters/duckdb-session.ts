import assert from 'node:assert/strict';
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
} from '@duckdb/node-api';

/** Limits of one DuckDB instance. */
export interface DuckdbLimits {
  readonly threadsMax: number;
  readonly memoryBytesMax: number;
  /** Folder for what does not fit into memory. */
  readonly spillFolder: string;
}

/** One in-memory DuckDB with one connection. It scans, filters and sorts; statements run one after another. */
export class DuckdbSession {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(limits: DuckdbLimits): Promise<DuckdbSession> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(limits.threadsMax),
      memory_limit: `${Math.floor(limits.memoryBytesMax / 1_048_576)}MiB`,
      temp_directory: limits.spillFolder,
      // The order of a sorted file is the order of its scan.
      preserve_insertion_order: 'true',
    });
    return new DuckdbSession(instance, await instance.connect());
  }

  /** Gives another session on the same instance, for a scan that runs while others do. */
  async fork(): Promise<DuckdbSession> {
    return new DuckdbSession(this.#instance, await this.#instance.connect());
  }

  /** Runs a statement whose result does not matter; stops it when `signal` aborts. */
  async run(sql: string, signal: AbortSignal): Promise<void> {
    await this.#interruptible(signal, () => this.#connection.run(sql));
  }

  /** Gives all rows of a small result. */
  async rows(sql: string, signal: AbortSignal): Promise<readonly (readonly unknown[])[]> {
    return await this.#interruptible(signal, async () =>
      (await this.#connection.runAndReadAll(sql)).getRows(),
    );
  }

  /** Gives the numbers of a result of one row; every value has to be one. */
  async numbers(sql: string, signal: AbortSignal): Promise<readonly number[]> {
    const [row] = await this.rows(sql, signal);
    return (row ?? []).map((value) => {
      const number = typeof value === 'bigint' ? Number(value) : value;
      assert(typeof number === 'number', `wanted numbers from: ${sql}`);
      return number;
    });
  }

  /** Starts a statement whose result is fetched chunk by chunk. */
  async stream(sql: string, signal: AbortSignal): Promise<DuckDBResult> {
    return await this.#interruptible(signal, () => this.#connection.stream(sql));
  }

  /** Gives what appends chunks to a table. */
  async appender(table: string): Promise<DuckDBAppender> {
    return await this.#connection.createAppender(table);
  }

  /** How far the running statement is, 0 to 100; below 0 when unknown. */
  get percentage(): number {
    return this.#connection.progress.percentage;
  }

  close(): void {
    this.#connection.closeSync();
  }

  async #interruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const interrupt = (): void => this.#connection.interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }
}

/** Writes a text as an SQL expression: a literal, where it has no NUL, at which DuckDB would take a statement to end. */
export function sqlText(text: string): string {
  const parts = text.split('\u0000').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts.join('') : `(${parts.join(' || chr(0) || ')})`;
}

/** Writes a name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
