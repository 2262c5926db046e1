import { createRequire } from 'node:module';
import Table from 'cli-table3';
import { machine } from '../loadtest/load/machine.ts';
import { bars, type Verdict, verdictOf } from './bars.ts';
import type { PartOptions, PartResult, Row } from './part.ts';

/** What a run found: its parts by name, in the order in which they ran. */
export interface NativeReport {
  readonly options: PartOptions;
  readonly results: ReadonlyMap<string, PartResult>;
}

interface Judged {
  readonly key: string;
  readonly value: number | undefined;
  readonly bar: string;
  readonly says: string;
  readonly verdict: Verdict;
}

/** Gives a report for people: what ran where, a table a part, and each bar with what became of it. */
export function renderReport({ options, results }: NativeReport): string {
  const lines = [headerText(), roundsText(options)];
  for (const [name, { rows, notes }] of results) {
    lines.push('', name, tableText(rows), ...notes.map((note) => `! ${note}`));
  }
  lines.push('');
  for (const { key, value, bar, verdict, says } of judged(results)) {
    const figure = value === undefined ? '-' : shortNumber(value);
    lines.push(`${verdict.padEnd(10)} ${key} ${figure} (${bar}): ${says}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Gives the same for machines: one object, figures by their keys, and whether each reaches its bar. */
export function reportJson({ options, results }: NativeReport): object {
  const all = judged(results);
  return {
    ...Object.fromEntries(all.map(({ key, value }) => [key, rounded(value)])),
    bars: all.map(({ key, bar, verdict }) => ({ key, bar, verdict })),
    rows: Object.fromEntries([...results].map(([name, { rows }]) => [name, rows])),
    notes: [...results].flatMap(([name, { notes }]) => notes.map((note) => `${name}: ${note}`)),
    machine: machine(),
    versions: versions(),
    rounds: options.rounds,
    seconds_per_round: options.secondsPerRound,
  };
}

/** Says what a run ran on: machine, and versions of what was measured. */
export function headerText(): string {
  const named = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  return [machine(), ...named].join(', ');
}

function roundsText({ rounds, secondsPerRound }: PartOptions): string {
  return `medians of ${rounds} interleaved rounds of ${secondsPerRound} s, after one that warms up`;
}

function judged(results: NativeReport['results']): readonly Judged[] {
  const figures: Readonly<Record<string, number | undefined>> = Object.assign(
    {},
    ...[...results.values()].map((result) => result.figures),
  );
  return bars
    .filter(({ key }) => key in figures)
    .map((bar) => ({
      key: bar.key,
      value: figures[bar.key],
      bar: `${bar.direction === 'least' ? 'at least' : 'below'} ${bar.value}`,
      says: bar.says,
      verdict: verdictOf(bar, figures[bar.key]),
    }));
}

function versions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const of = (name: string): string => {
    const { version } = require(`${name}/package.json`) as { readonly version: string };
    return version;
  };
  return {
    Node: process.versions.node,
    'onnxruntime-node': of('onnxruntime-node'),
    tfjs: of('@tensorflow/tfjs-core'),
    'grpc-js': of('@grpc/grpc-js'),
  };
}

function tableText(rows: readonly Row[]): string {
  const head = ['backend', 'path', 'batch', 'threads', 'in flight', 'rows/s', 'p50 us', 'p99 us'];
  const table = new Table({
    head: [...head, 'calls'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
  });
  for (const row of rows) {
    table.push([
      row.backend,
      row.path,
      row.batch,
      row.threads === 0 ? '-' : row.threads,
      row.inFlight,
      Math.round(row.rowsPerSecond),
      row.p50Us.toFixed(0),
      row.p99Us.toFixed(0),
      row.calls,
    ]);
  }
  return table.toString();
}

function shortNumber(value: number): string {
  return value >= 1_000 ? value.toFixed(0) : value.toFixed(3);
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 1_000) / 1_000;
}
