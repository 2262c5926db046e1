import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { temporaryFolder } from '../../test/support/fake-mesh.ts';
import { makePurchases } from './make-purchases.ts';

const checkedIn = 'deploy/purchases/purchases.parquet';

async function rowsOf(path: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT id, boughtAt::VARCHAR, userId, kind, amount::VARCHAR, typeof(amount) FROM read_parquet('${path}')`,
  );
  connection.closeSync();
  instance.closeSync();
  return reader.getRows();
}

const byText = (left: string, right: string): number => (left < right ? -1 : 1);

const centsOf = (amount: unknown): number =>
  amount === null ? 0 : Number(String(amount).replace('.', ''));

describe('makePurchases', () => {
  it('makes the rows of the file that is checked in', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'purchases.parquet');
    await makePurchases(path);
    assert.deepEqual(await rowsOf(path), await rowsOf(checkedIn));
  });

  it('makes what it says: so many rows, users and nulls, ids that are all different, decimals', async () => {
    const rows = await rowsOf(checkedIn);
    const column = (index: number) => rows.map((row) => row[index]);
    const nulls = (index: number) => column(index).filter((value) => value === null).length;
    const cents = column(4).reduce<number>((sum, amount) => sum + centsOf(amount), 0);
    assert.deepEqual(
      {
        rows: rows.length,
        ids: new Set(column(0)).size,
        users: new Set(column(2)).size,
        kinds: [...new Set(column(3).map(String))].sort(byText),
        kindNulls: nulls(3),
        amountNulls: nulls(4),
        cents,
        types: [...new Set(column(5))],
      },
      {
        rows: 20_000,
        ids: 20_000,
        users: 490,
        kinds: ['books', 'food', 'home', 'null', 'travel'],
        kindNulls: 373,
        amountNulls: 181,
        cents: 190_133_067,
        types: ['DECIMAL(12,2)'],
      },
    );
    const text = rows.map((row) => row.slice(0, 5).join('|')).join('\n');
    assert.equal(
      createHash('sha256').update(text).digest('hex'),
      'c5b078b50e353b7f2dc0656ef0792148d4b76b8acbd3fdda9a25fb49ea1c9c72',
    );
  });
});
