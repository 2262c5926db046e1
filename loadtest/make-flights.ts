import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/** One flight in 33 of June 1st 2001, about 500: every hour and every airport of some size. */
const oneIn = 33;

const rows = `
  SELECT origin, destination, epoch_ms(date)::DOUBLE AS dateMs, distance::DOUBLE AS distance FROM (
    SELECT *, row_number() OVER (ORDER BY date, file_row_number) AS place
    FROM read_parquet('${resolve('node_modules/vega-datasets/data/flights-3m.parquet')}', file_row_number = true)
    WHERE date >= TIMESTAMP '2001-06-01' AND date < TIMESTAMP '2001-06-02'
  ) WHERE place % ${oneIn} = 0 ORDER BY place`;

/** Writes the flights that the load tests ask about: real ones, of the day with which the replay of the flights begins. */
export async function makeFlights(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(rows);
    const lines = reader.getRowObjectsJson().map((row) => `    ${JSON.stringify(row)}`);
    const madeBy = `loadtest/make-flights.ts: one flight in ${oneIn} of June 1st 2001 in flights-3m.parquet of vega-datasets`;
    const text = `{\n  "madeBy": ${JSON.stringify(madeBy)},\n  "flights": [\n${lines.join(',\n')}\n  ]\n}\n`;
    writeFileSync(path, text);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await makeFlights(argv[2] ?? 'loadtest/scripts/flights.json');
}
