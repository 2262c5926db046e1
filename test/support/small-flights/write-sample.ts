import { resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Four large airports: 12 routes and 49,336 flights of January to June 2001, enough for each window to hold something. */
const airports = ['ORD', 'LAX', 'DFW', 'DEN'];

/** Writes the sample that the small mesh reads: all flights between four airports, in the order of the whole file. */
export async function writeSample(path: string): Promise<void> {
  const flights = resolve('node_modules/vega-datasets/data/flights-3m.parquet');
  const among = airports.map((airport) => `'${airport}'`).join(', ');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (
         SELECT date, delay, distance, origin, destination
         FROM read_parquet('${flights}', file_row_number = true)
         WHERE origin IN (${among}) AND destination IN (${among})
         ORDER BY file_row_number
       ) TO '${path}' (FORMAT parquet)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
