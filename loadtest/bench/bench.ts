import { join } from 'node:path';
import { connectMesh, type MeshConnection } from '../../services/cli/rpc/connect-mesh.ts';
import type { GetSummaryResponse__Output } from '../../services/gen/mlmesh/monitor/v1/GetSummaryResponse.ts';
import { systemClock } from '../../services/shared/platform/process/system-clock.ts';
import { askLoad, type WireLoadPlan } from '../load/ask-load.ts';
import { ChildPeer } from '../load/child-peer.ts';
import { writeFrames } from '../load/frames-file.ts';
import type { LoadResult } from '../load/load.ts';
import { processCpuMs } from '../load/process-cpu.ts';
import { methodPath, startEcho } from '../load/start-echo.ts';
import { temporaryFolder } from '../load/temporary-folder.ts';
import { BenchMesh } from './bench-mesh.ts';
import { modelName, predictFrame, readFlights } from './flight-frames.ts';
import { settledSummary, workBetween } from './mesh-work.ts';
import type { BenchRun } from './render-report.ts';
import { type Round, summarise } from './report.ts';

/** How a benchmark is to run. */
export interface BenchOptions {
  /** Data directory of the mesh; used again when it is there. */
  readonly data: string;
  readonly secondsPerRound: number;
  /** Measured rounds, after those that warm up. */
  readonly rounds: number;
  /** Told what is going on. */
  readonly show: (text: string) => void;
}

const predict = { service: 'mlmesh.router.v1.RouterService', key: 'predict' } as const;

/** What the echo answers: as large as an answer of the router. */
const echoAnswer = {
  predictionId: '018f3c9a7b2e5d10-000000000001',
  outputs: [0.123456789],
  tier: 'TIER_MODEL',
  version: 2,
};

const connections = 4;
const inFlights: readonly number[] = [32, 128];
/** Different requests, sent in turn: enough for every route of a morning. */
const flightsMax = 4_000;

/** Rounds that warm up: five processes compile what they run often, and the features of each airport are loaded once. */
const warmUpRounds = 2;

/** Measures a bare echo and the whole path of a prediction, in turn, under the same load. */
export async function runBench(options: BenchOptions, signal: AbortSignal): Promise<BenchRun> {
  const { data, show } = options;
  show('starting the mesh\n');
  await using mesh = await BenchMesh.start(data, show, signal);
  try {
    return await measure(mesh, options, signal);
  } catch (error) {
    show(`the mesh said last:\n${mesh.tail}\n`);
    throw error;
  }
}

async function measure(
  mesh: BenchMesh,
  { show, rounds, secondsPerRound }: BenchOptions,
  signal: AbortSignal,
): Promise<BenchRun> {
  using connection = connectMesh(mesh.record.addresses, systemClock);
  using framesFolder = temporaryFolder();
  const framesFile = join(framesFolder.path, 'frames');
  const flights = await readFlights(connection, flightsMax, signal);
  writeFrames(framesFile, flights.map(predictFrame));
  using echo = ChildPeer.echo();
  using load = ChildPeer.load();
  const echoAddress = await startEcho(echo, { ...predict, answer: echoAnswer }, signal);
  const bench = new Bench({ mesh, connection, echo, echoAddress, load, framesFile });
  const measured: Round[] = [];
  for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
    show(round < 1 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
    for (const inFlight of inFlights) {
      for (const target of ['echo', 'full'] as const) {
        const result = await bench.round(target, inFlight, secondsPerRound, signal);
        if (round > 0) measured.push(result);
      }
    }
  }
  return {
    secondsPerRound,
    warmUpRounds,
    connections,
    inFlights,
    figures: summarise(measured),
  };
}

/** What rounds run against. */
interface BenchParts {
  readonly mesh: BenchMesh;
  readonly connection: MeshConnection;
  readonly echo: ChildPeer;
  readonly echoAddress: string;
  readonly load: ChildPeer;
  readonly framesFile: string;
}

class Bench {
  readonly #parts: BenchParts;

  constructor(parts: BenchParts) {
    this.#parts = parts;
  }

  async round(
    target: Round['target'],
    inFlight: number,
    seconds: number,
    signal: AbortSignal,
  ): Promise<Round> {
    const { connection } = this.#parts;
    const isFull = target === 'full';
    const before = isFull ? await this.#summary(signal) : undefined;
    const cpuBefore = this.#cpuMs(target);
    const load = await this.#load(target, inFlight, seconds, signal);
    const endedAt = systemClock.monotonic();
    const cpuMs = new Map(
      [...this.#cpuMs(target)].map(([name, ms]) => [name, ms - (cpuBefore.get(name) ?? 0)]),
    );
    if (before === undefined) return { target, inFlight, load, cpuMs, work: undefined };
    const wanted = { before, predictions: load.completed };
    const context = { clock: systemClock, signal };
    const after = await settledSummary(connection, modelName, wanted, context);
    const settleMs = systemClock.monotonic() - endedAt;
    const work = { ...workBetween(before, after), settleMs };
    return { target, inFlight, load, cpuMs, work };
  }

  #summary(signal: AbortSignal): Promise<GetSummaryResponse__Output> {
    return this.#parts.connection.monitor.getSummary({ model: modelName }, { signal });
  }

  #load(
    target: Round['target'],
    inFlight: number,
    seconds: number,
    signal: AbortSignal,
  ): Promise<LoadResult> {
    const { mesh, echoAddress, load, framesFile } = this.#parts;
    const plan: WireLoadPlan = {
      address: target === 'echo' ? echoAddress : mesh.record.addresses.router[0],
      path: methodPath(predict.service, predict.key),
      framesFile,
      connections,
      inFlightPerConnection: inFlight / connections,
      durationMs: seconds * 1_000,
    };
    return askLoad(load, plan, signal);
  }

  #cpuMs(target: Round['target']): ReadonlyMap<string, number> {
    const { echo, mesh } = this.#parts;
    const processes =
      target === 'echo' ? [{ service: 'echo', pid: echo.pid }] : mesh.record.processes;
    return new Map(
      processes.flatMap(({ service, pid }) => {
        const ms = processCpuMs(pid);
        return ms === undefined ? [] : [[service, ms] as const];
      }),
    );
  }
}
