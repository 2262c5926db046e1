import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { IngestRequest } from '../../services/gen/mlmesh/feature/v1/IngestRequest.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { processCpuMs } from '../load/process-cpu.ts';
import type { PartResult } from '../load/render-parts.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { FeatureProcess } from './feature-process.ts';
import type { Part, PartOptions } from './part.ts';

/** Events that a figure counts, after as many others that warm up. */
const rowsMeasured = 1_000_000;
const rowsOfWarmUp = 200_000;

/** The largest batch that the contract allows. */
const batchRows = 4_096;

/** Longer than the pause between two checkpoints: what the events leave to do behind the scenes counts too. */
const settleMs = 3_000;

/**
 * Durable ingest of real flights, in their order, into a real feature process with the views of deploy/flights: events over the
 * CPU time of all threads of that process, its checkpoints included.
 */
export const ingestPart: Part = {
  name: 'ingest',
  keys: [
    'ingest_ordered_per_s',
    'ingest_random_per_s',
    'ingest_ordered_wall_per_s',
    'ingest_random_wall_per_s',
  ],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    options.show('reading flights\n');
    const batches = await readBatches(rowsOfWarmUp + rowsMeasured);
    options.show('ingesting by position\n');
    const ordered = await measure(options, batches.map(asOrdered), signal);
    options.show('ingesting by random id\n');
    const random = await measure(options, batches.map(asRandom), signal);
    return {
      values: {
        ingest_ordered_per_s: ordered.perCpuSecond,
        ingest_random_per_s: random.perCpuSecond,
        ingest_ordered_wall_per_s: ordered.perSecond,
        ingest_random_wall_per_s: random.perSecond,
      },
      table: [
        ['durable ingest', 'events a second of one core', 'events a second by the clock'],
        ['ids are (source, partition, position)', ...cellsOf(ordered)],
        ['ids are random UUIDs', ...cellsOf(random)],
      ],
      notes: [
        `${rowsMeasured} flights in batches of ${batchRows} over one stream, after ${rowsOfWarmUp} that warm up, into three views; the CPU time is that of all threads of the feature process, its checkpoints included.`,
      ],
    };
  },
};

interface Measured {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

function cellsOf({ perCpuSecond, perSecond }: Measured): readonly string[] {
  return [perCpuSecond.toFixed(0), perSecond.toFixed(0)];
}

async function measure(
  { nodeFlags }: PartOptions,
  requests: readonly IngestRequest[],
  signal: AbortSignal,
): Promise<Measured> {
  using folder = temporaryFolder();
  await using feature = await FeatureProcess.start({
    meshModule: new URL('../../deploy/flights/mesh.js', import.meta.url),
    data: folder.path,
    meshFolder: packageRoot,
    nodeFlags,
  });
  const warmUp = Math.ceil(rowsOfWarmUp / batchRows);
  await send(feature, requests.slice(0, warmUp), signal);
  await delay(settleMs, undefined, { signal });
  const cpuBefore = cpuOf(feature.pid);
  const before = performance.now();
  const rows = await send(feature, requests.slice(warmUp), signal);
  const wallMs = performance.now() - before;
  await delay(settleMs, undefined, { signal });
  const cpuMs = cpuOf(feature.pid) - cpuBefore;
  return { perCpuSecond: (rows / cpuMs) * 1_000, perSecond: (rows / wallMs) * 1_000 };
}

function cpuOf(pid: number): number {
  const cpuMs = processCpuMs(pid);
  if (cpuMs === undefined) throw new Error('the CPU time of a process is known on Linux only');
  return cpuMs;
}

/** Sends all batches over one stream and gives the events that were acknowledged as new: all of them. */
async function send(
  { client }: FeatureProcess,
  requests: readonly IngestRequest[],
  signal: AbortSignal,
): Promise<number> {
  let rows = 0;
  const stream = (async function* () {
    for (const request of requests) yield await Promise.resolve(request);
  })();
  for await (const { appended } of client.ingest(stream, { signal })) rows += appended;
  const sent = requests.reduce((sum, request) => sum + (request.rows ?? 0), 0);
  if (rows !== sent) throw new Error(`sent ${sent} events, and ${rows} were taken`);
  return rows;
}

function asOrdered(request: IngestRequest, index: number): IngestRequest {
  return { ...request, partition: 'file', firstPosition: index * batchRows };
}

function asRandom(request: IngestRequest): IngestRequest {
  return { ...request, eventIds: Array.from({ length: request.rows ?? 0 }, () => randomUUID()) };
}

async function readBatches(rows: number): Promise<readonly IngestRequest[]> {
  const path = join(packageRoot, 'node_modules/vega-datasets/data/flights-3m.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT epoch_ms(date)::DOUBLE, delay::DOUBLE, distance::DOUBLE, origin, destination FROM read_parquet('${path}') ORDER BY date LIMIT ${rows}`,
  );
  const columns = reader.getColumns();
  connection.closeSync();
  const batches: IngestRequest[] = [];
  for (let from = 0; from < rows; from += batchRows) {
    const part = (column: number) => columns[column]?.slice(from, from + batchRows) ?? [];
    const numbers = (column: number): Buffer =>
      Buffer.from(Float64Array.from(part(column), Number).buffer);
    batches.push({
      batchId: batches.length + 1,
      source: 'flights',
      rows: Math.min(rows - from, batchRows),
      columns: [
        { name: 'date', numbers: numbers(0) },
        { name: 'delay', numbers: numbers(1) },
        { name: 'distance', numbers: numbers(2) },
        { name: 'origin', texts: part(3).map(String) },
        { name: 'destination', texts: part(4).map(String) },
      ],
    });
  }
  return batches;
}
