import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { IngestRequest } from '../../services/gen/mlmesh/feature/v1/IngestRequest.ts';
import { connectService } from '../../services/shared/platform/grpc/client.ts';
import { packageRoot } from '../../services/shared/platform/grpc/load-proto.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { processCpuMs } from '../load/process-cpu.ts';
import { IngestTarget } from './ingest-target.ts';

/** What ingest costs the feature process. */
export interface IngestFigures {
  /** Events a second of one core of the feature process, from an ordered source: id = (source, partition, position). */
  readonly ingest_ordered_per_s: number;
  /** The same with random text ids (UUIDs). */
  readonly ingest_random_per_s: number;
  /** Events a second as they went through, by the clock; the client shares the machine. */
  readonly ingest_ordered_wall_per_s: number;
  readonly ingest_random_wall_per_s: number;
  /** Events that each figure counts, after as many as `warmUpRows`. */
  readonly ingest_rows: number;
}

/** How much is measured. */
export interface IngestBenchOptions {
  readonly rows: number;
  readonly warmUpRows: number;
  /** Options of Node for the feature process, such as --cpu-prof. */
  readonly execArgv?: readonly string[];
}

const batchRows = 4_096;

/** Longer than the pause between two checkpoints: what the events leave to do behind the scenes counts too. */
const settleMs = 3_000;

/**
 * Measures durable ingest of real flights, in the order in which they become visible, into the real feature process over
 * gRPC with the views of deploy/flights: events over the CPU time of all threads of that process, its checkpoints included.
 */
export async function benchIngest(
  options: IngestBenchOptions = { rows: 1_000_000, warmUpRows: 200_000 },
): Promise<IngestFigures> {
  const batches = await readBatches(options.warmUpRows + options.rows);
  const ordered = await measure(options, batches.map(asOrdered));
  const random = await measure(options, batches.map(asRandom));
  return {
    ingest_ordered_per_s: ordered.perCpuSecond,
    ingest_random_per_s: random.perCpuSecond,
    ingest_ordered_wall_per_s: ordered.perSecond,
    ingest_random_wall_per_s: random.perSecond,
    ingest_rows: ordered.rows,
  };
}

interface Measured {
  readonly rows: number;
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

async function measure(
  { warmUpRows, execArgv }: IngestBenchOptions,
  requests: readonly IngestRequest[],
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'mlmesh-ingest-bench-'));
  try {
    await using feature = await IngestTarget.start(folder, execArgv);
    const warmUp = Math.ceil(warmUpRows / batchRows);
    await send(feature.address, requests.slice(0, warmUp));
    await delay(settleMs);
    const cpuBefore = cpuOf(feature.pid);
    const before = performance.now();
    const rows = await send(feature.address, requests.slice(warmUp));
    const wallMs = performance.now() - before;
    await delay(settleMs);
    const cpuMs = cpuOf(feature.pid) - cpuBefore;
    return { rows, perCpuSecond: (rows / cpuMs) * 1_000, perSecond: (rows / wallMs) * 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cpuOf(pid: number): number {
  const cpuMs = processCpuMs(pid);
  if (cpuMs === undefined) throw new Error('the CPU time of a process is known on Linux only');
  return cpuMs;
}

/** Sends all batches over one stream and gives the events that were acknowledged as new. */
async function send(address: string, requests: readonly IngestRequest[]): Promise<number> {
  const client = connectService('mlmesh.feature.v1.FeatureService', [address], {
    clock: systemClock,
  });
  try {
    let rows = 0;
    const stream = (async function* () {
      for (const request of requests) yield await Promise.resolve(request);
    })();
    for await (const { appended } of client.ingest(stream, {})) rows += appended;
    const sent = requests.reduce((sum, request) => sum + (request.rows ?? 0), 0);
    if (rows !== sent) throw new Error(`sent ${sent} events, and ${rows} were taken`);
    return rows;
  } finally {
    client.close();
  }
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
    `SELECT epoch_ms(date)::DOUBLE AS date, delay::DOUBLE AS delay, distance::DOUBLE AS distance, origin, destination FROM read_parquet('${path}') ORDER BY date LIMIT ${rows}`,
  );
  const columns = reader.getColumns();
  connection.closeSync();
  const batches: IngestRequest[] = [];
  for (let from = 0; from < rows; from += batchRows) {
    const until = Math.min(rows, from + batchRows);
    const numbers = (column: number): Buffer =>
      Buffer.from(Float64Array.from(columns[column]?.slice(from, until) ?? [], Number).buffer);
    const texts = (column: number): string[] =>
      (columns[column]?.slice(from, until) ?? []).map(String);
    batches.push({
      batchId: batches.length + 1,
      source: 'flights',
      rows: until - from,
      columns: [
        { name: 'date', numbers: numbers(0) },
        { name: 'delay', numbers: numbers(1) },
        { name: 'distance', numbers: numbers(2) },
        { name: 'origin', texts: texts(3) },
        { name: 'destination', texts: texts(4) },
      ],
    });
  }
  return batches;
}
