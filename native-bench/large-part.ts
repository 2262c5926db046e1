import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildPeer } from '../loadtest/load/child-peer.ts';
import { median } from '../loadtest/load/order-statistics.ts';
import { processCpuMs } from '../loadtest/load/process-cpu.ts';
import { methodPath, startEcho } from '../loadtest/load/start-echo.ts';
import { temporaryFolder } from '../loadtest/load/temporary-folder.ts';
import type { GrpcClientAnswer, GrpcClientOrder } from './grpc-client-process.ts';
import { interleave, medianFigures, ratioOf } from './interleave.ts';
import type { MeshServerOrder } from './mesh-server.ts';
import type { Part, PartOptions, PartResult } from './part.ts';
import { encodeRequest, imageRequest, inferMethod, probabilities } from './v2-messages.ts';

const inFlight = 8;
const answer = probabilities('image', 1);

interface Cell {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
}

interface Measured extends GrpcClientAnswer {
  /** CPU of the server in microseconds a call; NaN where the system does not say. */
  readonly serverUs: number;
}

/** Tensors of 602 KB to a grpc-js server as it ships, and to that of this mesh. */
export const largePart: Part = {
  name: 'large',
  keys: ['large_over_stock'],
  async run(options: PartOptions, signal: AbortSignal): Promise<PartResult> {
    using folder = temporaryFolder();
    using echo = ChildPeer.echo();
    using mesh = new ChildPeer(new URL('./mesh-server.js', import.meta.url));
    using client = new ChildPeer(new URL('./grpc-client-process.js', import.meta.url));
    const requestFile = join(folder.path, 'request');
    writeFileSync(requestFile, encodeRequest(imageRequest('image')));
    const stockAddress = await startEcho(echo, { ...inferMethod, answer }, signal);
    const order: MeshServerOrder = { answer };
    const { address } = (await mesh.ask(order, signal)) as { readonly address: string };
    const cells: readonly Cell[] = [
      { name: 'stock grpc-js', address: stockAddress, pid: echo.pid },
      { name: 'mlmesh', address, pid: mesh.pid },
    ];
    const path = methodPath(inferMethod.service, inferMethod.key);
    const durationMs = options.secondsPerRound * 1_000;
    const measure = async ({ address: to, pid }: Cell): Promise<Measured> => {
      const round: GrpcClientOrder = { address: to, path, requestFile, inFlight, durationMs };
      const before = processCpuMs(pid) ?? Number.NaN;
      const found = (await client.ask(round, signal)) as GrpcClientAnswer;
      const cpuMs = (processCpuMs(pid) ?? Number.NaN) - before;
      return { ...found, serverUs: (cpuMs * 1_000) / found.figures.calls };
    };
    return resultOf(cells, await interleave(cells, measure, options));
  },
};

function resultOf(cells: readonly Cell[], results: readonly (readonly Measured[])[]): PartResult {
  const rows = cells.map(({ name }, index) => {
    const { callsPerSecond, p50Us, p99Us, calls } = medianFigures(
      (results[index] ?? []).map(({ figures }) => figures),
    );
    return {
      backend: name,
      path: 'V2 unary, 602 KB',
      batch: 1,
      threads: 0,
      inFlight,
      rowsPerSecond: callsPerSecond,
      p50Us,
      p99Us,
      calls,
    };
  });
  const [stock, mesh] = rows;
  return {
    figures: { large_over_stock: ratioOf(mesh?.rowsPerSecond, stock?.rowsPerSecond) },
    rows,
    notes: cells.map(({ name }, index) => cpuNote(name, results[index] ?? [])),
  };
}

function cpuNote(name: string, measured: readonly Measured[]): string {
  const serverUs = median(measured.map((one) => one.serverUs));
  const cores = median(measured.map((one) => one.cpuCores));
  return `${name}: ${serverUs.toFixed(0)} us of CPU a call in the server; the client took ${cores.toFixed(2)} cores`;
}
