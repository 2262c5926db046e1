import { type Gpu, readGpus } from '../deploy/gpu/gpu-host.ts';
import { ChildPeer } from '../loadtest/load/child-peer.ts';
import { problemOf } from '../services/shared/platform/inference/execution-provider.ts';
import { probeCuda } from '../services/shared/platform/inference/probe-cuda.ts';
import type { BackendAnswer, BackendOrder } from './backend-process.ts';
import { type BenchFormat, largeWidths, smallWidths } from './bench-model.ts';
import { interleave, medianFigures, ratioOf } from './interleave.ts';
import type { Part, PartOptions, PartResult, Row } from './part.ts';
import { WakefulCores } from './wakeful-cores.ts';

const formatsAnywhere: readonly BenchFormat[] = ['onnx', 'tfjs', 'tfjs-cpu', 'plain'];
const batches: readonly number[] = [1, 8, 32, 128];
const threadCounts: readonly number[] = [0, 1, 2];

type Cell = Omit<BackendOrder, 'durationMs'>;

/** Backends x batch size x threads, of the large network. */
export const backendsPart: Part = {
  name: 'backends',
  keys: [],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const cuda = await probeCuda();
    const formats: readonly BenchFormat[] =
      cuda.kind === 'ready' ? ['onnx-cuda', ...formatsAnywhere] : formatsAnywhere;
    const cells = formats.flatMap((format) =>
      batches.flatMap((batch) => threadCounts.map((threads) => largeCell(format, batch, threads))),
    );
    const rows = await measureCells(cells, options, signal);
    const note =
      cuda.kind === 'ready'
        ? `CUDA ran on the first of: ${(await readGpus()).map(nameOf).join('; ')}`
        : `no rows of a GPU: ${problemOf(cuda)}`;
    return { figures: {}, rows, notes: [note] };
  },
};

/** What a worker costs, against a call on the thread that asks. */
export const workerPart: Part = {
  name: 'worker',
  keys: ['pool_over_raw', 'worker_hop_p50_us'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    const small = { format: 'onnx', widths: smallWidths, batch: 1, inFlight: 1 } as const;
    const smallCells = [
      { ...small, threads: 0 },
      { ...small, threads: 1 },
    ];
    const cells = [largeCell('onnx', 32, 0), largeCell('onnx', 32, 1), ...smallCells];
    const rows = await measureCells(cells, options, signal);
    const [raw, pool, ...asleep] = rows;
    using cores = new WakefulCores();
    await cores.spinning();
    const awake = await measureCells(smallCells, options, signal);
    return {
      figures: {
        pool_over_raw: ratioOf(pool?.rowsPerSecond, raw?.rowsPerSecond),
        worker_hop_p50_us: hopUs(awake),
      },
      rows: [...rows, ...awake.map((row) => ({ ...row, path: `${row.path}, awake` }))],
      notes: [
        `the last four rows are a ${smallWidths.join('-')} network, one row at a time: on cores that may sleep, and on cores that something of the lowest priority keeps awake`,
        `on cores that may sleep the hop adds ${hopUs(asleep)?.toFixed(0) ?? 'an unknown number of'} us: the difference is what this machine takes to wake a core`,
      ],
    };
  },
};

function hopUs([raw, hop]: readonly Row[]): number | undefined {
  return raw === undefined || hop === undefined ? undefined : hop.p50Us - raw.p50Us;
}

function nameOf({ name, driverVersion }: Gpu): string {
  return `${name}, driver ${driverVersion}`;
}

function largeCell(format: BenchFormat, batch: number, threads: number): Cell {
  // One call more than threads: the next batch is there when a thread is free, as it is behind a queue.
  const inFlight = threads === 0 ? 1 : threads + 1;
  return { format, widths: largeWidths, batch, threads, inFlight };
}

async function measureCells(
  cells: readonly Cell[],
  options: PartOptions,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const peers = new Map<BenchFormat, ChildPeer>();
  for (const { format } of cells) {
    if (peers.has(format)) continue;
    peers.set(format, new ChildPeer(new URL('./backend-process.js', import.meta.url)));
  }
  const durationMs = options.secondsPerRound * 1_000;
  const measure = async (cell: Cell): Promise<BackendAnswer> => {
    const order: BackendOrder = { ...cell, durationMs };
    return (await peers.get(cell.format)?.ask(order, signal)) as BackendAnswer;
  };
  try {
    const results = await interleave(cells, measure, options);
    return cells.map((cell, index) => rowOf(cell, results[index] ?? []));
  } finally {
    for (const peer of peers.values()) peer[Symbol.dispose]();
  }
}

function rowOf({ batch, threads, inFlight }: Cell, answers: readonly BackendAnswer[]): Row {
  const medians = medianFigures(answers.map(({ figures }) => figures));
  const { callsPerSecond, p50Us, p99Us, calls } = medians;
  return {
    backend: answers[0]?.backend ?? '',
    path: threads === 0 ? 'raw call' : 'worker',
    batch,
    threads: Math.max(1, threads),
    inFlight,
    rowsPerSecond: callsPerSecond * batch,
    p50Us,
    p99Us,
    calls,
  };
}
