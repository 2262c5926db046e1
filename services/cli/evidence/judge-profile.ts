import type { Verdict } from './finding.ts';

/** What the profile of a version has to have. */
export interface ProfileWish {
  /** Names of the columns of the input. */
  readonly inputs: readonly string[];
  /** Names of the outputs. */
  readonly outputs: readonly string[];
}

/** How a profile was found. */
export interface JudgedProfile {
  readonly verdict: Verdict;
  /** Rows that it was made of. */
  readonly rows: number;
  /** For people. */
  readonly statement: string;
}

/** Checks that a reference profile has a distribution of each input and output that holds together. */
export function judgeProfile(bytes: Uint8Array, { inputs, outputs }: ProfileWish): JudgedProfile {
  const profile = parse(bytes);
  if (profile === undefined) {
    return { verdict: 'fail', rows: 0, statement: 'it is no profile in the form mlmesh-profile-2' };
  }
  const rows = Math.max(0, ...[...profile.inputs.values()].map((column) => column.rows));
  const faults = [
    ...faultsOf('input', inputs, profile.inputs),
    ...faultsOf('output', outputs, profile.outputs),
    // An input may be missing in every row; a model gives an output for each.
    ...outputs
      .filter((name) => profile.outputs.get(name)?.present === 0)
      .map((name) => `output ${name} has no values`),
  ];
  return {
    verdict: faults.length === 0 && rows > 0 ? 'pass' : 'fail',
    rows,
    statement:
      faults.length === 0
        ? `distributions of ${inputs.length} inputs and ${outputs.length} outputs over ${rows} rows`
        : faults.join('; '),
  };
}

interface Profile {
  readonly inputs: ReadonlyMap<string, Column>;
  readonly outputs: ReadonlyMap<string, Column>;
}

interface Column {
  readonly rows: number;
  readonly present: number;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

function faultsOf(
  what: string,
  names: readonly string[],
  columns: ReadonlyMap<string, Column>,
): readonly string[] {
  return names.flatMap((name) => {
    const column = columns.get(name);
    if (column === undefined) return [`${what} ${name} has no distribution`];
    const { present, edges, counts } = column;
    const isAscending = edges.every(
      (edge, index) => index === 0 || edge >= (edges[index - 1] ?? edge),
    );
    const sum = counts.reduce((total, count) => total + count, 0);
    const isWhole =
      present === 0 || (isAscending && edges.length === counts.length + 1 && sum === present);
    return isWhole ? [] : [`the distribution of ${what} ${name} does not hold together`];
  });
}

function parse(bytes: Uint8Array): Profile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isFields(value) || value['format'] !== 'mlmesh-profile-2') return undefined;
  const { inputs, outputs } = value;
  if (!Array.isArray(inputs) || !Array.isArray(outputs)) return undefined;
  return { inputs: columnsOf(inputs), outputs: columnsOf(outputs) };
}

function columnsOf(values: readonly unknown[]): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  for (const value of values) {
    if (!isFields(value)) continue;
    const { name, rows, present, edges, counts } = value;
    if (typeof name !== 'string' || typeof rows !== 'number') continue;
    if (typeof present !== 'number') continue;
    if (!isNumbers(edges) || !isNumbers(counts)) continue;
    columns.set(name, { rows, present, edges, counts });
  }
  return columns;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
