import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { entitiesPart } from './entities-part.ts';
import { hotKeysPart } from './hot-keys-part.ts';
import { ingestPart } from './ingest-part.ts';
import { onlinePart } from './online-part.ts';
import type { Part, PartOptions, PartResult } from './part.ts';
import { featuresJson, renderFeatures } from './render-features.ts';
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
  .option('--only <key>', 'run the part with this key or name alone; may be repeated', parsePart)
  .option('--data <folder>', 'where imported sources are kept', join('.mlmesh', 'bench-features'))
  .option('--node-flags <flags>', 'for the feature processes, such as --cpu-prof')
  .action(bench);
await command.parseAsync();

async function bench(given: Arguments): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  const options: PartOptions = {
    data: given.data,
    rounds: given.rounds,
    secondsPerRound: given.seconds,
    show: (text) => void process.stderr.write(text),
    nodeFlags: given.nodeFlags?.split(' ') ?? [],
  };
  const results = new Map<string, PartResult>();
  try {
    for (const part of given.only ?? parts) {
      options.show(`${part.name}\n`);
      results.set(part.name, await part.run(options, stop.signal));
    }
  } catch (error) {
    options.show(`bench:features: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
  process.stdout.write(renderFeatures(results, options));
  if (given.json) process.stdout.write(`${JSON.stringify(featuresJson(results, options))}\n`);
  const values = [...results.values()].flatMap((result) => Object.values(result.values));
  if (values.some((value) => value === undefined)) process.exitCode = 1;
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
