import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { ChildPeer } from '../load/child-peer.ts';
import type { DuckdbAnswer, DuckdbOrder } from './duckdb-process.ts';

/** DuckDB in a process of its own, as it comes: all cores, its own limit of memory. */
export class DuckdbPeer implements Disposable {
  readonly #peer = new ChildPeer(new URL('./duckdb-process.js', import.meta.url));

  /** Runs a statement. */
  async run(sql: string, signal: AbortSignal): Promise<void> {
    await this.time(sql, 2 ** 31 - 1, signal);
  }

  /** Gives how long a statement takes in ms; Infinity when it was stopped at the limit. */
  async time(sql: string, limitMs: number, signal: AbortSignal): Promise<number> {
    const { ms } = await this.#ask({ sql, limitMs, wantsRows: false }, signal);
    return ms ?? Number.POSITIVE_INFINITY;
  }

  /** Gives the first value of a result. */
  async value(sql: string, signal: AbortSignal): Promise<number | string | null> {
    const { rows } = await this.#ask({ sql, limitMs: 2 ** 31 - 1, wantsRows: true }, signal);
    return rows[0]?.[0] ?? null;
  }

  [Symbol.dispose](): void {
    this.#peer[Symbol.dispose]();
  }

  async #ask(order: DuckdbOrder, signal: AbortSignal): Promise<DuckdbAnswer> {
    return (await this.#peer.ask(order, signal)) as DuckdbAnswer;
  }
}

/** Reads a statement that lies beside this file. */
export function readStatement(name: string): string {
  return readFileSync(join(packageRoot, 'loadtest/bench-features/sql', `${name}.sql`), 'utf8');
}
