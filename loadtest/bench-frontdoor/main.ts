import { join } from 'node:path';
import { Command } from 'commander';
import { parseCount, parsePositive, partParser, runParts } from '../load/bench-parts.ts';
import { partsJson, renderParts } from '../load/render-parts.ts';
import { hopsPart } from './hops-part.ts';
import { hungPart } from './hung-part.ts';
import { type OpenFrontDoor, openFrontDoor } from './open-front-door.ts';
import { overloadPart } from './overload-part.ts';
import type { Part, PartOptions } from './part.ts';
import { shadowPart } from './shadow-part.ts';
import { soakPart } from './soak-part.ts';

interface Arguments {
  readonly json?: true;
  readonly seconds: number;
  readonly longSeconds: number;
  readonly soakMinutes: number;
  readonly rounds: number;
  readonly data: string;
  readonly only?: readonly Part[];
}

const parts: readonly Part[] = [hopsPart, shadowPart, hungPart, overloadPart, soakPart];

const command = new Command('bench:frontdoor')
  .description('measure the router under hung services, overload and a long load, beside bare gRPC')
  .option('--json', 'one line of JSON last')
  .option('--seconds <number>', 'length of a round', parsePositive, 5)
  .option('--long-seconds <number>', 'length of a hang and of an overload', parsePositive, 60)
  .option(
    '--soak-minutes <number>',
    'length of the soak, which runs with --only soak',
    parsePositive,
    10,
  )
  .option('--rounds <number>', 'measured rounds', parseCount, 5)
  .option(
    '--only <key>',
    'run the part with this key or name alone; may be repeated',
    partParser(parts),
  )
  .option('--data <folder>', 'where the mesh keeps its data', join('.mlmesh', 'bench'))
  .addHelpText('after', '\nExample:\n  $ npm run bench:frontdoor -- --only hung --only overload\n')
  .action(bench);
await command.parseAsync();

async function bench(given: Arguments): Promise<void> {
  const options: PartOptions = {
    rounds: given.rounds,
    secondsPerRound: given.seconds,
    longSeconds: given.longSeconds,
    soakMinutes: given.soakMinutes,
    show: (text) => void process.stderr.write(text),
  };
  const { show } = options;
  const opening = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => opening.abort(new Error(`stopped by ${name}`)));
  }
  try {
    await using door = await openFrontDoor(given.data, show, opening.signal);
    await measure(door, given, options);
  } catch (error) {
    show(`bench:frontdoor: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function measure(door: OpenFrontDoor, given: Arguments, options: PartOptions): Promise<void> {
  const { show } = options;
  const results = await runParts({
    name: 'bench:frontdoor',
    parts: given.only ?? parts.filter(({ isExtra }) => isExtra === undefined),
    show,
    run: (part, signal) => part.run(door.bind(signal), options, signal),
  });
  process.stdout.write(renderParts(results, options));
  if (given.json) process.stdout.write(`${JSON.stringify(partsJson(results, options))}\n`);
}
