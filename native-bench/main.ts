import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseCount, parsePositive, partParser, runParts } from '../loadtest/load/bench-parts.ts';
import { backendsPart, workerPart } from './backends-part.ts';
import { bars, verdictOf } from './bars.ts';
import { drawChart } from './chart.ts';
import { inferPart } from './infer-part.ts';
import { largePart } from './large-part.ts';
import type { Part, PartOptions } from './part.ts';
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
  .option(
    '--only <key>',
    'run the part with this key or name alone; may be repeated',
    partParser(parts),
  )
  .option('--out <folder>', 'where JSON and chart are written', join('.mlmesh', 'native-bench'))
  .addHelpText(
    'after',
    '\nExample:\n  npm run bench:native -- --only worker --only large_over_stock --rounds 3 --json',
  )
  .action(bench);
await command.parseAsync();

async function bench(given: Arguments): Promise<void> {
  const options: PartOptions = {
    rounds: given.rounds,
    secondsPerRound: given.seconds,
    show: (text) => void process.stderr.write(text),
  };
  const results = await runParts({
    name: 'bench:native',
    parts: given.only ?? parts,
    show: options.show,
    run: (part, signal) => part.run(options, signal),
  });
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
