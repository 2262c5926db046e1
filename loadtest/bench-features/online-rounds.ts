import { askLoad } from '../load/ask-load.ts';
import type { ChildPeer } from '../load/child-peer.ts';
import type { LoadResult } from '../load/load.ts';
import { median } from '../load/order-statistics.ts';
import { processCpuMs } from '../load/process-cpu.ts';
import { methodPath } from '../load/start-echo.ts';
import { readMethod } from './flight-questions.ts';

/** One server under one load. */
export interface Cell {
  /** Names it in the report. */
  readonly name: string;
  /** host:port. */
  readonly address: string;
  /** Process that serves it. */
  readonly pid: number;
  /** Encoded requests; see frames-file.ts. */
  readonly framesFile: string;
  readonly connections: number;
  readonly inFlightPerConnection: number;
}

/** Medians over the rounds of one cell. */
export interface CellFigures {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the serving process, in microseconds a call; NaN where the system does not say. */
  readonly cpuUs: number;
  readonly requests: number;
  readonly errors: number;
  readonly lastError: string;
  readonly loadCpuCores: number;
}

/** How long the cells of a benchmark run. */
export interface RoundsOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly show: (text: string) => void;
}

/** Rounds that warm up: a process compiles what it runs often. */
const warmUpRounds = 2;

interface Measured {
  readonly load: LoadResult;
  readonly cpuMs: number;
}

/** Runs the cells in turn, round after round, and gives the medians of each, in order. */
export async function runCells(
  load: ChildPeer,
  cells: readonly Cell[],
  { rounds, secondsPerRound, show }: RoundsOptions,
  signal: AbortSignal,
): Promise<readonly CellFigures[]> {
  const measured = cells.map((): Measured[] => []);
  for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
    show(round < 1 ? 'warming up\n' : `round ${round} of ${rounds}\n`);
    for (const [index, cell] of cells.entries()) {
      const result = await runCell(load, cell, secondsPerRound, signal);
      if (round > 0) measured[index]?.push(result);
    }
  }
  return cells.map(({ name }, index) => figuresOf(name, measured[index] ?? []));
}

async function runCell(
  load: ChildPeer,
  { address, pid, framesFile, connections, inFlightPerConnection }: Cell,
  seconds: number,
  signal: AbortSignal,
): Promise<Measured> {
  const before = processCpuMs(pid);
  const path = methodPath(readMethod.service, readMethod.key);
  const durationMs = seconds * 1_000;
  const result = await askLoad(
    load,
    { address, path, framesFile, connections, inFlightPerConnection, durationMs },
    signal,
  );
  return { load: result, cpuMs: (processCpuMs(pid) ?? Number.NaN) - (before ?? Number.NaN) };
}

function figuresOf(name: string, measured: readonly Measured[]): CellFigures {
  const medianOf = (read: (load: LoadResult) => number): number =>
    median(measured.map(({ load }) => read(load)));
  const sumOf = (read: (one: Measured) => number): number =>
    measured.reduce((total, one) => total + read(one), 0);
  return {
    name,
    perSecond: medianOf((load) => load.perSecond),
    p50Ms: medianOf((load) => load.p50Ms),
    p99Ms: medianOf((load) => load.p99Ms),
    cpuUs: (sumOf(({ cpuMs }) => cpuMs) * 1_000) / sumOf(({ load }) => load.completed),
    requests: sumOf(({ load }) => load.requests),
    errors: sumOf(({ load }) => load.errors),
    lastError: measured.map(({ load }) => load.lastError).findLast((text) => text !== '') ?? '',
    loadCpuCores: medianOf((load) => load.cpuCores),
  };
}

/** Gives one figure of a cell over that of another; undefined when one had errors or did not run. */
export function ratioOf(
  figures: readonly CellFigures[],
  of: { readonly over: string; readonly under: string },
  read: (cell: CellFigures) => number,
): number | undefined {
  const one = (name: string): number => {
    const found = figures.find((cell) => cell.name === name && cell.errors === 0);
    return found === undefined ? Number.NaN : read(found);
  };
  const ratio = one(of.over) / one(of.under);
  return Number.isFinite(ratio) ? ratio : undefined;
}

/** Gives the cells as a table, its head first. */
export function cellTable(figures: readonly CellFigures[]): readonly (readonly string[])[] {
  const head = ['what', 'calls/s', 'p50 ms', 'p99 ms', 'CPU us/call', 'n', 'load cores'];
  return [
    head,
    ...figures.map((cell) => [
      cell.name,
      cell.perSecond.toFixed(0),
      cell.p50Ms.toFixed(3),
      cell.p99Ms.toFixed(3),
      cell.cpuUs.toFixed(0),
      String(cell.requests),
      cell.loadCpuCores.toFixed(2),
    ]),
  ];
}

/** Names what makes the cells worth less than they look. */
export function cellCaveats(figures: readonly CellFigures[]): readonly string[] {
  return figures.flatMap(({ name, errors, lastError }) =>
    errors > 0 ? [`${name}: ${errors} errors, so no ratio; the last: ${lastError}`] : [],
  );
}
