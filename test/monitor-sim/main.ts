import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { parseCount, partParser, runParts } from '../../loadtest/load/bench-parts.ts';
import { cusumPart } from './cusum-part.ts';
import { driftPart } from './drift-part.ts';
import { gatePart } from './gate-part.ts';
import { ksPart } from './ks-part.ts';
import { rollbackPart } from './rollback-part.ts';
import type { SimPart } from './sim-part.ts';
import { isWithin, renderSim, simBars } from './sim-report.ts';

interface Arguments {
  readonly json?: true;
  readonly seed: number;
  readonly runs: number;
  readonly only?: readonly SimPart[];
}

const parts: readonly SimPart[] = [ksPart, driftPart, gatePart, rollbackPart, cusumPart];

const command = new Command('sim:monitor')
  .description(
    "simulate the monitor's statistics where nothing is wrong and where something is: false alarms, errors of gates, false and late rollbacks",
  )
  .option('--json', 'one line of JSON last')
  .option('--seed <number>', 'seed of all that is drawn', parseCount, 2001)
  .option('--runs <count>', 'windows or runs of each share', parseCount, 2_000)
  .option(
    '--only <key>',
    'run the part with this key or name alone; may be repeated',
    partParser(parts),
  )
  .addHelpText(
    'after',
    `
Parts: ${parts.map(({ name }) => name).join(', ')}. Exit status 1 where a figure misses its bar; with fewer runs than 2,000 that may be chance.

Example:
  npm run sim:monitor -- --only gate --only detect_3pct_s --runs 500 --json`,
  )
  .action(simulate);
await command.parseAsync();

async function simulate({ json, seed, runs, only }: Arguments): Promise<void> {
  const bar = new SingleBar({
    format: '{bar} {percentage} % {part}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  const chosen = only ?? parts;
  bar.start(chosen.length, 0, { part: '' });
  const results = await runParts({
    name: 'sim:monitor',
    parts: chosen,
    show: (text) => {
      if (!process.stderr.isTTY) process.stderr.write(text);
    },
    run: async (part) => {
      const done = chosen.indexOf(part);
      const advance = (share: number) => bar.update(done + share, { part: part.name });
      return await part.run({ seed, runs, advance });
    },
  });
  bar.stop();
  const figures = Object.assign({}, ...results.values()) as Readonly<Record<string, number>>;
  process.stdout.write(renderSim(figures));
  if (json) process.stdout.write(`${JSON.stringify({ ...figures, seed, runs })}\n`);
  if (simBars.some((one) => isWithin(one, figures) === false)) process.exitCode = 1;
}
