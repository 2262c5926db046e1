import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runBench } from './bench.ts';
import { renderReport, reportJson } from './render-report.ts';
import { fullOverEcho } from './report.ts';

interface Arguments {
  readonly json?: true;
  readonly seconds: number;
  readonly rounds: number;
  readonly data: string;
}

const command = new Command('bench')
  .description('measure a bare gRPC echo against the whole path of a prediction, in one run')
  .option('--json', 'one line of JSON last')
  .option('--seconds <number>', 'length of a round', parsePositive, 2)
  .option('--rounds <number>', 'measured rounds; two more warm up', parseCount, 5)
  .option('--data <folder>', 'where the mesh keeps its data', join('.mlmesh', 'bench'))
  .action(bench);
await command.parseAsync();

async function bench({ json, seconds, rounds, data }: Arguments): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const show = (text: string) => void process.stderr.write(text);
  try {
    const run = await runBench({ data, rounds, secondsPerRound: seconds, show }, stop.signal);
    process.stdout.write(renderReport(run));
    if (json) process.stdout.write(`${JSON.stringify(reportJson(run))}\n`);
    const isStated = run.inFlights.every((inFlight) => fullOverEcho(run.figures, inFlight));
    if (!isStated) process.exitCode = 1;
  } catch (error) {
    show(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('wanted more than 0.');
  return value;
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('wanted 1 or more.');
  return value;
}
