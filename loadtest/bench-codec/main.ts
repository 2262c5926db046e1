import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { machine } from '../load/machine.ts';
import { type RaceResult, raceCodecs } from './codec-race.ts';
import { sampleMessages } from './sample-messages.ts';

interface Arguments {
  readonly json?: true;
  readonly rounds: number;
  readonly millis: number;
}

const command = new Command('bench:codec')
  .description("measure the contract's codec against proto-loader's, in turn in one process")
  .option('--json', 'one line of JSON last')
  .option('--rounds <count>', 'rounds, after one that warms up', parseCount, 9)
  .option('--millis <count>', 'CPU of each call in each round, ms', parseCount, 50)
  .addHelpText('after', '\nExample: npm run bench:codec -- --rounds 21')
  .action(bench);
await command.parseAsync();

function bench({ json, rounds, millis }: Arguments): void {
  const results = raceCodecs(sampleMessages, rounds, millis);
  const about = { machine: machine(), node: process.versions.node, rounds, millis };
  process.stdout.write(`${about.machine}, Node ${about.node}\n`);
  process.stdout.write(`medians of ${rounds} interleaved rounds of ${millis} ms of CPU a call\n`);
  process.stdout.write(`proto-loader -> ours\n${tableOf(results)}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ...about, results })}\n`);
}

function tableOf(results: readonly RaceResult[]): string {
  const table = new Table({
    head: ['message', 'holds', 'bytes', 'write ns', 'read ns', 'write heap B', 'read heap B'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const { type, what, bytes, write, read } of results) {
    table.push([
      type.slice(type.lastIndexOf('.') + 1),
      what,
      bytes,
      pair(write.stock.nanos, write.ours.nanos),
      pair(read.stock.nanos, read.ours.nanos),
      pair(write.stock.heapBytes, write.ours.heapBytes),
      pair(read.stock.heapBytes, read.ours.heapBytes),
    ]);
  }
  return table.toString();
}

function pair(stock: number, ours: number): string {
  return `${Math.round(stock)} -> ${Math.round(ours)}`;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('wanted a whole number of 1 or more.');
}
