import Table from 'cli-table3';
import { machine } from '../load/machine.ts';
import { caveats, type Figures, fullOverEcho } from './report.ts';

/** How a benchmark ran. */
export interface BenchRun {
  readonly secondsPerRound: number;
  readonly warmUpRounds: number;
  readonly connections: number;
  /** Requests in flight over all connections, in the order in which they ran. */
  readonly inFlights: readonly number[];
  readonly figures: readonly Figures[];
}

/** Gives a report for people: what ran where, a table, the ratios, and what to beware of. */
export function renderReport(run: BenchRun): string {
  const { figures, inFlights, secondsPerRound } = run;
  const table = new Table({
    head: ['server', 'in flight', 'requests/s', 'p50 ms', 'p99 ms', 'n', 'load cores'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const one of figures) {
    table.push([
      one.target === 'echo' ? 'bare grpc-js echo' : 'Predict, whole path',
      one.inFlight,
      Math.round(one.perSecond),
      one.p50Ms.toFixed(2),
      one.p99Ms.toFixed(2),
      one.requests,
      one.loadCpuCores.toFixed(2),
    ]);
  }
  const rounds = figures[0]?.rounds ?? 0;
  const lines = [
    `${machine()}, Node ${process.versions.node}`,
    `medians of ${rounds} interleaved rounds of ${secondsPerRound} s over ${run.connections} connections, after ${run.warmUpRounds} that warm up`,
    table.toString(),
    ...figures.map(cpuLine).filter((line) => line !== ''),
    ...figures.map(workLine).filter((line) => line !== ''),
    ...inFlights.map((inFlight) => {
      const ratio = fullOverEcho(figures, inFlight);
      return `full / echo at ${inFlight} in flight: ${ratio === undefined ? 'not stated' : ratio.toFixed(3)}`;
    }),
    ...caveats(figures).map((caveat) => `! ${caveat}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Gives the same for machines: one object, ratios under `full_over_echo` for the first number in flight and `full_over_echo_<n>` for the others. */
export function reportJson({ figures, inFlights, ...run }: BenchRun): object {
  const ratios = inFlights.map((inFlight, index) => [
    index === 0 ? 'full_over_echo' : `full_over_echo_${inFlight}`,
    rounded(fullOverEcho(figures, inFlight)),
  ]);
  const of = (target: Figures['target']) =>
    Object.fromEntries(
      figures.filter((one) => one.target === target).map((one) => [one.inFlight, cellJson(one)]),
    );
  return {
    ...Object.fromEntries(ratios),
    echo: of('echo'),
    full: of('full'),
    caveats: caveats(figures),
    machine: machine(),
    node: process.versions.node,
    connections: run.connections,
    rounds: figures[0]?.rounds ?? 0,
    seconds_per_round: run.secondsPerRound,
    warm_up_rounds: run.warmUpRounds,
  };
}

function cellJson({ work, cpuUs, ...figures }: Figures): object {
  return {
    per_second: rounded(figures.perSecond),
    p50_ms: rounded(figures.p50Ms),
    p99_ms: rounded(figures.p99Ms),
    requests: figures.requests,
    errors: figures.errors,
    load_cpu_cores: rounded(figures.loadCpuCores),
    cpu_us_per_request: Object.fromEntries(
      Object.entries(cpuUs).map(([name, us]) => [name, rounded(us)]),
    ),
    ...(work === undefined
      ? {}
      : {
          answered_by: {
            model: rounded(work.model),
            fallback: rounded(work.fallback),
            rules: rounded(work.rules),
          },
          logged: rounded(work.logged),
          shadow_expected: rounded(work.shadowExpected),
          shadow_pairs: rounded(work.shadowPairs),
          dropped: work.dropped,
          settle_ms: Math.round(work.settleMs),
        }),
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 1_000) / 1_000;
}

function cpuLine({ target, inFlight, cpuUs }: Figures): string {
  const parts = Object.entries(cpuUs).map(([name, us]) => `${name} ${us.toFixed(0)}`);
  return parts.length === 0
    ? ''
    : `${target} at ${inFlight}: CPU in us a request: ${parts.join(', ')}`;
}

function workLine({ target, inFlight, work }: Figures): string {
  if (work === undefined) return '';
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const tiers = `model ${share(work.model)}, fallback ${share(work.fallback)}, rules ${share(work.rules)}`;
  return `${target} at ${inFlight}: ${tiers}; logged ${share(work.logged)}, shown to a shadow ${share(work.shadowExpected)} and answered ${share(work.shadowPairs)}, ${work.dropped} records dropped, all done ${(work.settleMs / 1_000).toFixed(1)} s after the last answer`;
}
