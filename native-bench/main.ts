import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { backendsPart, workerPart } from './backends-part.ts';
import { bars, verdictOf } from './bars.ts';
import { drawChart } from './chart.ts';
import { inferPart } from './infer-part.ts';
import { largePart } from './large-part.ts';
import type { Part, PartOptions, PartResult } from './part.ts';
import { type NativeReport, renderReport, reportJson } from './report.ts';
import { streamPart } from './stream-part.ts';

interface Arguments {
  readonly json?: true;
  readonly seconds: number;
  readonly rounds: number;
  readonly only?: readonly Part[];
  readonly out: string;
}

const parts: readonly Part[] = [workerPart, inferPart, streamPart, largePart, backendsPart];

const command = new Command('bench:native')
  .description('measure what native inference gives, and what threads and gRPC cost, in one run')
  .option('--json', 'one line of JSON last')
  .option('--seconds <number>', 'length of a round', parsePositive, 1)
  .option('--rounds <number>', 'measured rounds; one more warms up', parseCount, 5)
  .option('--only <key>', 'run the part with this key or name alone; may be repeated', parsePart)
  .option('--out <folder>', 'where JSON and chart are written', join('.mlmesh', 'native-bench'))
  .addHelpText(
    'after',
    '\nExample:\n  npm run bench:native -- --only worker --only large_over_stock --rounds 3 --json',
  )
  .action(bench);
await command.parseAsync();

async function bench(given: Arguments): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const options: PartOptions = {
    rounds: given.rounds,
    secondsPerRound: given.seconds,
    show: (text) => void process.stderr.write(text),
  };
  const results = new Map<string, PartResult>();
  try {
    for (const part of given.only ?? parts) {
      options.show(`${part.name}\n`);
      results.set(part.name, await part.run(options, stop.signal));
    }
  } catch (error) {
    options.show(`bench:native: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
  finish({ options, results }, given);
}

function finish(report: NativeReport, { json, out }: Arguments): void {
  const found = reportJson(report);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'native-bench.json'), `${JSON.stringify(found, undefined, 2)}\n`);
  writeFileSync(join(out, 'native-bench.svg'), drawChart(report));
  process.stdout.write(renderReport(report));
  process.stdout.write(`written: ${join(out, 'native-bench.json')}, native-bench.svg\n`);
  if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
  const figures = [...report.results.values()].map((result) => result.figures);
  const isStated = bars.every((bar) =>
    figures.every((some) => !(bar.key in some) || verdictOf(bar, some[bar.key]) !== 'not stated'),
  );
  if (!isStated) process.exitCode = 1;
}

function parsePart(text: string, before: readonly Part[] = []): readonly Part[] {
  const found = parts.find(({ name, keys }) => name === text || keys.includes(text));
  if (found === undefined) {
    const known = parts.flatMap(({ name, keys }) => [name, ...keys]);
    throw new InvalidArgumentError(`wanted one of ${known.join(', ')}.`);
  }
  return before.includes(found) ? before : [...before, found];
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
