import Table from 'cli-table3';
import { machine } from './machine.ts';

/** What a part of a benchmark found. */
export interface PartResult {
  /** By key; undefined where a figure can't be stated. */
  readonly values: Readonly<Record<string, number | undefined>>;
  /** For people: the first row is the head. */
  readonly table: readonly (readonly string[])[];
  /** Sentences for people: what was measured, and what to beware of. */
  readonly notes: readonly string[];
}

/** How rounds were measured. */
export interface RoundOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
}

/** What the parts found, by name, in the order in which they ran. */
export type PartResults = ReadonlyMap<string, PartResult>;

/** Gives a report for people: what ran where, a table a part, the figures, and what to beware of. */
export function renderParts(results: PartResults, options: RoundOptions): string {
  const lines = [
    `${machine()}, Node ${process.versions.node}`,
    `medians of ${options.rounds} interleaved rounds; a round of load takes ${options.secondsPerRound} s`,
  ];
  for (const [name, { table, values, notes }] of results) {
    lines.push('', name, tableText(table));
    for (const [key, value] of Object.entries(values)) {
      lines.push(`${key}: ${value === undefined ? 'not stated' : shortNumber(value)}`);
    }
    lines.push(...notes.map((note) => `! ${note}`));
  }
  return `${lines.join('\n')}\n`;
}

/** Gives the same for machines: one object, the figures by their keys. */
export function partsJson(results: PartResults, options: RoundOptions): object {
  const parts = [...results];
  return {
    ...Object.fromEntries(
      parts.flatMap(([, { values }]) =>
        Object.entries(values).map(([key, value]) => [key, rounded(value)]),
      ),
    ),
    tables: Object.fromEntries(parts.map(([name, { table }]) => [name, table])),
    notes: parts.flatMap(([name, { notes }]) => notes.map((note) => `${name}: ${note}`)),
    machine: machine(),
    node: process.versions.node,
    rounds: options.rounds,
    seconds_per_round: options.secondsPerRound,
  };
}

function tableText([head = [], ...rows]: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

function shortNumber(value: number): string {
  return value >= 1_000 ? value.toFixed(0) : value.toFixed(3);
}

function rounded(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value * 1_000) / 1_000;
}
