import { MeshError } from '../../../shared/kernel/mesh-error.ts';
import type { ColumnReference } from './column-counter.ts';
import type { ReferenceSpread, ReferenceWindows } from './drift-threshold.ts';
import type { WindowMean } from './output-baseline.ts';

/** A column of a reference profile: what its windows are compared with, and how those of the reference vary. */
export interface ProfiledColumn extends ColumnReference {
  readonly windows: ReferenceWindows & { readonly lengthMs: number };
  /** Means of those windows; absent for inputs, and for profiles of before they were written. */
  readonly windowMeans?: readonly WindowMean[];
}

/** The reference profile of a version. */
export interface ReferenceProfile {
  readonly inputs: readonly ProfiledColumn[];
  readonly outputs: readonly ProfiledColumn[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a reference profile as training writes it.
 * @throws {MeshError} DATA_LOSS / ARTIFACT_CORRUPT when it is none
 */
export function readProfile(bytes: Uint8Array): ReferenceProfile {
  const file = parse(bytes);
  if (file['format'] !== 'mlmesh-profile-2') {
    throw corrupt(`wanted the format mlmesh-profile-2, got ${String(file['format'])}`);
  }
  return { inputs: columnsOf(file, 'inputs'), outputs: columnsOf(file, 'outputs') };
}

function parse(bytes: Uint8Array): Fields {
  try {
    return fieldsOf(JSON.parse(Buffer.from(bytes).toString('utf8')), 'a profile');
  } catch (cause) {
    if (cause instanceof MeshError) throw cause;
    throw corrupt('wanted a profile as JSON', cause);
  }
}

function columnsOf(file: Fields, side: string): readonly ProfiledColumn[] {
  return listOf(file[side], side).map((value) => columnOf(fieldsOf(value, `a column of ${side}`)));
}

function columnOf(fields: Fields): ProfiledColumn {
  const name = fields['name'];
  if (typeof name !== 'string') throw corrupt('wanted the name of a column');
  const edges = numbersOf(fields['edges'], `${name}.edges`);
  const counts = numbersOf(fields['counts'], `${name}.counts`);
  const isAscending = edges.every(
    (edge, index) => index === 0 || edge >= (edges[index - 1] ?? edge),
  );
  if (!isAscending || counts.length !== Math.max(0, edges.length - 1)) {
    throw corrupt(`wanted ascending edges of ${name} and a count for each bin between them`);
  }
  const { std, categories, windowMeans } = fields;
  return {
    name,
    rows: numberOf(fields['rows'], `${name}.rows`),
    missingShare: numberOf(fields['missingShare'], `${name}.missingShare`),
    ...(std === undefined ? {} : { std: numberOf(std, `${name}.std`) }),
    edges,
    counts,
    ...(categories === undefined ? {} : { categories: categoriesOf(categories, name) }),
    windows: windowsOf(fieldsOf(fields['windows'], `${name}.windows`), name),
    ...(windowMeans === undefined ? {} : { windowMeans: meansOf(windowMeans, name) }),
  };
}

function categoriesOf(value: unknown, name: string): ColumnReference['categories'] & object {
  return listOf(value, `${name}.categories`).map((one) => {
    const fields = fieldsOf(one, `a category of ${name}`);
    return {
      value: numberOf(fields['value'], `a category of ${name}`),
      count: numberOf(fields['count'], `a category of ${name}`),
    };
  });
}

function meansOf(value: unknown, name: string): readonly WindowMean[] {
  return listOf(value, `${name}.windowMeans`).map((one) => {
    const fields = fieldsOf(one, `a window of ${name}`);
    return {
      rows: numberOf(fields['rows'], `a window of ${name}`),
      mean: numberOf(fields['mean'], `a window of ${name}`),
    };
  });
}

function windowsOf(fields: Fields, name: string): ProfiledColumn['windows'] {
  const spreadOf = (key: string): ReferenceSpread => {
    const spread = fieldsOf(fields[key], `${name}.windows.${key}`);
    return {
      mean: numberOf(spread['mean'], `${name}.windows.${key}.mean`),
      std: numberOf(spread['std'], `${name}.windows.${key}.std`),
    };
  };
  const count = numberOf(fields['count'], `${name}.windows.count`);
  const [ks, missing] = [spreadOf('ks'), spreadOf('missing')];
  const lengthMs = numberOf(fields['lengthMs'], `${name}.windows.lengthMs`);
  return { count, lengthMs, ks, missing };
}

function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw corrupt(`wanted ${what} with fields, got ${typeof value}`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw corrupt(`wanted a list for ${what}, got ${typeof value}`);
}

function numbersOf(value: unknown, what: string): readonly number[] {
  return listOf(value, what).map((one) => numberOf(one, what));
}

function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw corrupt(`wanted a number for ${what}, got ${typeof value}`);
}

function corrupt(message: string, cause?: unknown): MeshError {
  return new MeshError({
    code: 'DATA_LOSS',
    reason: 'ARTIFACT_CORRUPT',
    message: `${message} in a reference profile; register the version again`,
    cause,
  });
}
