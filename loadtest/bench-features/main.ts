import { join } from 'node:path';
import { Command } from 'commander';
import { parseCount, parsePositive, partParser, runParts } from '../load/bench-parts.ts';
import { partsJson, renderParts } from '../load/render-parts.ts';
import { entitiesPart } from './entities-part.ts';
import { hotKeysPart } from './hot-keys-part.ts';
import { ingestPart } from './ingest-part.ts';
import { onlinePart } from './online-part.ts';
import type { Part, PartOptions } from './part.ts';
import { trainingPart } from './training-part.ts';

interface Arguments {
  readonly json?: true;
  readonly seconds: number;
  readonly rounds: number;
  readonly data: string;
  readonly only?: readonly Part[];
  readonly nodeFlags?: string;
}

const parts: readonly Part[] = [trainingPart, hotKeysPart, onlinePart, entitiesPart, ingestPart];

const command = new Command('bench:features')
  .description('measure the feature store against bare gRPC and against SQL, each pair in one run')
  .option('--json', 'one line of JSON last')
  .option('--seconds <number>', 'length of a round of load', parsePositive, 2)
  .option('--rounds <number>', 'measured rounds', parseCount, 5)
  .option(
    '--only <key>',
    'run the part with this key or name alone; may be repeated',
    partParser(parts),
  )
  .option('--data <folder>', 'where imported sources are kept', join('.mlmesh', 'bench-features'))
  .option('--node-flags <flags>', 'for the feature processes, such as --cpu-prof')
  .action(bench);
await command.parseAsync();

async function bench(given: Arguments): Promise<void> {
  const options: PartOptions = {
    data: given.data,
    rounds: given.rounds,
    secondsPerRound: given.seconds,
    show: (text) => void process.stderr.write(text),
    nodeFlags: given.nodeFlags?.split(' ') ?? [],
  };
  const results = await runParts({
    name: 'bench:features',
    parts: given.only ?? parts,
    show: options.show,
    run: (part, signal) => part.run(options, signal),
  });
  process.stdout.write(renderParts(results, options));
  if (given.json) process.stdout.write(`${JSON.stringify(partsJson(results, options))}\n`);
  const values = [...results.values()].flatMap((result) => Object.values(result.values));
  if (values.some((value) => value === undefined)) process.exitCode = 1;
}
