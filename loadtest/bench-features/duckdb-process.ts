import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { lowerPriority } from '../../services/shared/platform/process/lower-priority.ts';

/** What the parent asks of DuckDB. */
export interface DuckdbOrder {
  readonly sql: string;
  /** The statement is stopped when it takes longer. */
  readonly limitMs: number;
  /** Whether the parent wants the rows: few. */
  readonly wantsRows: boolean;
}

/** What came of it. */
export interface DuckdbAnswer {
  /** Infinity when it was stopped; travels as null. */
  readonly ms: number | null;
  readonly rows: readonly (readonly (number | string | null)[])[];
}

// The jobs of the feature service yield to whoever answers callers; what they are compared with does the same.
lowerPriority('process');
const opened = DuckDBInstance.create(':memory:').then((instance) => instance.connect());

async function answer(order: DuckdbOrder): Promise<DuckdbAnswer> {
  const connection = await opened;
  const startedAt = performance.now();
  let isStopped = false;
  const timer = setTimeout(() => {
    isStopped = true;
    connection.interrupt();
  }, order.limitMs);
  try {
    const rows = await runOrRead(connection, order);
    return { ms: performance.now() - startedAt, rows };
  } catch (error) {
    if (isStopped) return { ms: null, rows: [] };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function runOrRead(
  connection: DuckDBConnection,
  { sql, wantsRows }: DuckdbOrder,
): Promise<DuckdbAnswer['rows']> {
  if (!wantsRows) {
    await connection.run(sql);
    return [];
  }
  const result = await connection.runAndReadAll(sql);
  return result
    .getRows()
    .map((row) =>
      row.map((value) => (typeof value === 'bigint' ? Number(value) : (value as number | string))),
    );
}

process.on('message', (order: DuckdbOrder) => {
  answer(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// An ordinary exit waits for a statement that runs, for minutes; in memory there is nothing to lose.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
