import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Airports of the sample: busy and quiet ones, so that ties, gaps and unknown routes are in it. */
const airports = ['ORD', 'LAX', 'ATL', 'PHX', 'SFO', 'BUR', 'ABE', 'SLC'];

/** Name of the sample's file inside {@link flightsSampleFolder}. */
export const flightsSampleFile = 'flights-sample.parquet';

/** Where the sample is kept between runs. The rule that makes it is part of the name. */
export const flightsSampleFolder = join(tmpdir(), 'mlmesh-samples-1');

/**
 * Makes the sample when it is not there: the flights between eight airports in the first quarter of 2001, 46,000 rows in
 * the order of the original file, out of vega-datasets.
 */
export async function makeFlightsSample(): Promise<void> {
  const path = join(flightsSampleFolder, flightsSampleFile);
  if (existsSync(path)) return;
  mkdirSync(flightsSampleFolder, { recursive: true });
  const original = resolve('node_modules/vega-datasets/data/flights-3m.parquet');
  const among = airports.map((airport) => `'${airport}'`).join(', ');
  const unfinished = `${path}.${process.pid}`;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * FROM read_parquet('${original}') WHERE origin IN (${among}) AND destination IN (${among}) AND date < '2001-04-01') TO '${unfinished}' (FORMAT parquet)`,
  );
  connection.closeSync();
  renameSync(unfinished, path);
}
