import { join } from 'node:path';
import { askLoad } from '../loadtest/load/ask-load.ts';
import { ChildPeer } from '../loadtest/load/child-peer.ts';
import { grpcFrame, writeFrames } from '../loadtest/load/frames-file.ts';
import type { LoadResult } from '../loadtest/load/load.ts';
import { median } from '../loadtest/load/order-statistics.ts';
import { processCpuMs } from '../loadtest/load/process-cpu.ts';
import { methodPath, startEcho } from '../loadtest/load/start-echo.ts';
import { temporaryFolder } from '../loadtest/load/temporary-folder.ts';
import type { ModelInferResponse } from '../services/gen/inference/ModelInferResponse.ts';
import { connectService } from '../services/shared/platform/grpc/client.ts';
import { systemClock } from '../services/shared/platform/process/system-clock.ts';
import { largeWidths, smallWidths } from './bench-model.ts';
import { interleave, ratioOf } from './interleave.ts';
import type { Part, PartOptions, PartResult, Row } from './part.ts';
import { ServingPeer } from './serving-peer.ts';
import { encodeRequest, inferMethod, rowsRequest } from './v2-messages.ts';

const connections = 4;
const inFlight = 32;
const models = [
  { name: 'small', widths: smallWidths },
  { name: 'large', widths: largeWidths },
] as const;

interface Cell {
  readonly backend: string;
  readonly path: string;
  readonly batch: number;
  readonly address: string;
  readonly pid: number;
  readonly framesFile: string;
}

interface Measured {
  readonly load: LoadResult;
  /** CPU of the server in microseconds a call; NaN where the system does not say. */
  readonly serverUs: number;
}

/** Inference through the prediction service, over V2, against a bare echo of the same messages. */
export const inferPart: Part = {
  name: 'infer',
  keys: ['infer_over_echo'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    using folder = temporaryFolder();
    await using serving = await ServingPeer.start(folder.path, models, signal);
    using echo = ChildPeer.echo();
    using load = ChildPeer.load();
    const answer = await firstAnswer(serving.address, signal);
    const echoAddress = await startEcho(echo, { ...inferMethod, answer }, signal);
    const framesOf = (name: string, batch: number, columns: number): string => {
      const path = join(folder.path, `frames-${name}-${batch}`);
      writeFrames(path, [grpcFrame(encodeRequest(rowsRequest(name, batch, columns)))]);
      return path;
    };
    const small = framesOf('small', 1, smallWidths[0] ?? 0);
    const large = framesOf('large', 32, largeWidths[0] ?? 0);
    const served = { backend: 'onnxruntime', address: serving.address, pid: serving.pid };
    const cells: readonly Cell[] = [
      {
        backend: 'echo',
        path: 'V2 unary, small',
        batch: 1,
        address: echoAddress,
        pid: echo.pid,
        framesFile: small,
      },
      { ...served, path: 'V2 unary, small', batch: 1, framesFile: small },
      { ...served, path: 'V2 unary, large', batch: 32, framesFile: large },
    ];
    const measure = (cell: Cell) => measureCell(load, cell, options, signal);
    return resultOf(cells, await interleave(cells, measure, options));
  },
};

/** The echo answers what the service answers: the same bytes are decoded and encoded. */
async function firstAnswer(address: string, signal: AbortSignal): Promise<ModelInferResponse> {
  const inference = connectService(inferMethod.service, [address], { clock: systemClock });
  try {
    return await inference.modelInfer(rowsRequest('small', 1, smallWidths[0] ?? 0), { signal });
  } finally {
    inference.close();
  }
}

async function measureCell(
  load: ChildPeer,
  { address, pid, framesFile }: Cell,
  { secondsPerRound }: PartOptions,
  signal: AbortSignal,
): Promise<Measured> {
  const plan = {
    address,
    path: methodPath(inferMethod.service, inferMethod.key),
    framesFile,
    connections,
    inFlightPerConnection: inFlight / connections,
    durationMs: secondsPerRound * 1_000,
  };
  const before = processCpuMs(pid) ?? Number.NaN;
  const result = await askLoad(load, plan, signal);
  const cpuMs = (processCpuMs(pid) ?? Number.NaN) - before;
  return { load: result, serverUs: (cpuMs * 1_000) / result.completed };
}

function resultOf(cells: readonly Cell[], results: readonly (readonly Measured[])[]): PartResult {
  const rows = cells.map((cell, index) => rowOf(cell, results[index] ?? []));
  const [echo, small] = rows;
  const failed = results.flat().find(({ load }) => load.errors > 0);
  return {
    figures: {
      infer_over_echo:
        failed === undefined ? ratioOf(small?.rowsPerSecond, echo?.rowsPerSecond) : undefined,
    },
    rows,
    notes: [
      ...cells.map((cell, index) => cpuNote(cell, results[index] ?? [])),
      ...(failed === undefined ? [] : [`errors, so no ratio; the last: ${failed.load.lastError}`]),
    ],
  };
}

function rowOf({ backend, path, batch }: Cell, measured: readonly Measured[]): Row {
  const medianOf = (read: (load: LoadResult) => number): number =>
    median(measured.map(({ load }) => read(load)));
  return {
    backend,
    path,
    batch,
    threads: backend === 'echo' ? 0 : 1,
    inFlight,
    rowsPerSecond: medianOf((load) => load.perSecond) * batch,
    p50Us: medianOf((load) => load.p50Ms) * 1_000,
    p99Us: medianOf((load) => load.p99Ms) * 1_000,
    calls: measured.reduce((total, { load }) => total + load.requests, 0),
  };
}

function cpuNote({ backend, path, batch }: Cell, measured: readonly Measured[]): string {
  const serverUs = median(measured.map((one) => one.serverUs));
  const cores = median(measured.map(({ load }) => load.cpuCores));
  return `${backend}, ${path}, batch ${batch}: ${serverUs.toFixed(0)} us of CPU a call in the server; the load took ${cores.toFixed(2)} cores`;
}
