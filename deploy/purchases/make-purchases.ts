import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Makes up purchases and writes them as a Parquet file: 20,000 of some 500 users in the first quarter of 2025, in the order of time. Nothing is left to
 * chance, so that it makes the same rows everywhere: `draw(n, salt)` scrambles whole numbers into 0 to 2^32 - 1.
 */
export async function makePurchases(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const macro of macros) await connection.run(macro);
    await connection.run(`COPY (${rows}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const macros = [
  'CREATE MACRO scramble(n) AS (xor(n, n >> 16) * 73244475) & 4294967295',
  'CREATE MACRO draw(n, salt) AS scramble(scramble(scramble(n * 16 + salt)))',
  // A product of two draws: few large ones and many small ones, as with amounts and with how often people buy.
  'CREATE MACRO skewed(n, salt, least, most) AS least + (draw(n, salt) % 1000) * (draw(n, salt + 1) % 1000) * (most - least) // 1000000',
];

const rows = `
  SELECT row_number() OVER (ORDER BY seconds, n)::INTEGER AS id,
    TIMESTAMP '2025-01-01' + to_seconds(seconds) AS boughtAt,
    printf('u%03d', skewed(n, 1, 0, 500)) AS userId,
    CASE WHEN draw(n, 3) % 50 > 0 THEN kind END AS kind,
    CASE WHEN draw(n, 4) % 100 > 0 THEN printf('%d.%02d', cents // 100, cents % 100)::DECIMAL(12, 2) END AS amount
  FROM (
    SELECT n, kind, draw(n, 5) % (90 * 86400) AS seconds, skewed(n, 6, least, most) AS cents
    FROM range(20000) AS numbers(n)
    JOIN (VALUES (0, 6, 'food', 150, 9000), (6, 8, 'books', 400, 8000), (8, 9, 'home', 900, 60000), (9, 10, 'travel', 2000, 250000))
      AS kinds(least_draw, end_draw, kind, least, most)
      ON draw(n, 8) % 10 >= least_draw AND draw(n, 8) % 10 < end_draw
  ) ORDER BY id`;

if (argv[1] === fileURLToPath(import.meta.url)) {
  await makePurchases(argv[2] ?? 'deploy/purchases/purchases.parquet');
}
