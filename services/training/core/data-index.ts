import { createHash, hash } from 'node:crypto';
import type { TrainingRows } from '../../shared/compute/training-rows.ts';

/**
 * Digests of the parts of a training set, small enough to be kept with every version: when the set is made again and differs, they say in
 * which columns, in which stretch of time and in which rows, without the data of then.
 */
export interface DataIndex {
  /** Names of what is told apart: `id` (time and event id), `label`, and the features. */
  readonly columns: readonly string[];
  /** Blocks are the rows with t in [k x stepMs, (k + 1) x stepMs), so that a row more or less changes one block alone. */
  readonly stepMs: number;
  /** In the order of time; none is empty. */
  readonly blocks: readonly DataBlock[];
  /** One uint32 little-endian a row, in canonical order, as base64: the first 32 bits of the SHA-256 of its time and event id. */
  readonly rowIds: string;
  /** The same of its label and features. They find rows; that two sets are equal is for the data hash to say. */
  readonly rowValues: string;
}

/** One stretch of time of a training set. */
export interface DataBlock {
  readonly fromMs: number;
  readonly rows: number;
  /** For each column, the first 128 bits of the SHA-256 of its values; 32 hexadecimal digits. */
  readonly digests: readonly string[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// 160 blocks of 20 columns are 100 kB of digests; a quarter of a year is cut into days then.
const blocksMax = 160;
const stepsMs = [hourMs, 6 * hourMs, dayMs, 7 * dayMs, 28 * dayMs, 364 * dayMs];

/** Gives the digests of the parts of a set whose rows stand in canonical order: by (time, event id). */
export function indexTrainingSet(set: TrainingRows, names: readonly string[]): DataIndex {
  const stepMs = stepOf(set);
  const blocks: DataBlock[] = [];
  for (let first = 0; first < set.rows; ) {
    const end = blockEnd(set, first, stepMs);
    const fromMs = Math.floor((set.atMs[first] ?? 0) / stepMs) * stepMs;
    blocks.push({ fromMs, rows: end - first, digests: blockDigests(set, first, end) });
    first = end;
  }
  const columns = ['id', 'label', ...names];
  return { columns, stepMs, blocks, rowIds: rowIds(set), rowValues: rowValues(set) };
}

/** Reads the row digests of an index. */
export function rowDigests(base64: string): Uint32Array {
  // A copy: what Buffer gives may lie at any offset, and typed arrays want a multiple of four.
  return new Uint32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

function stepOf({ atMs, rows }: TrainingRows): number {
  const spanMs = rows === 0 ? 0 : (atMs[rows - 1] ?? 0) - (atMs[0] ?? 0);
  return stepsMs.find((step) => spanMs / step <= blocksMax) ?? 364 * dayMs;
}

function blockEnd({ atMs, rows }: TrainingRows, first: number, stepMs: number): number {
  const block = Math.floor((atMs[first] ?? 0) / stepMs);
  let end = first + 1;
  while (end < rows && Math.floor((atMs[end] ?? 0) / stepMs) === block) end += 1;
  return end;
}

function blockDigests(set: TrainingRows, first: number, end: number): readonly string[] {
  const ids = createHash('sha256');
  for (let row = first; row < end; row += 1) ids.update(idText(set, row));
  const values = new Float64Array(end - first);
  const digests = [ids.digest('hex').slice(0, 32)];
  for (let column = -1; column < set.columns; column += 1) {
    for (let row = first; row < end; row += 1) values[row - first] = valueAt(set, row, column);
    digests.push(hash('sha256', values).slice(0, 32));
  }
  return digests;
}

/** Gives a value of a row, the label as column -1, with one form of zero and of a missing value. */
function valueAt({ labels, features, columns }: TrainingRows, row: number, column: number): number {
  const value = (column < 0 ? labels[row] : features[row * columns + column]) ?? Number.NaN;
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

/** An id may hold anything, so its length stands in front of it. */
function idText({ atMs, eventIds }: TrainingRows, row: number): string {
  const id = eventIds[row] ?? '';
  return `${atMs[row]} ${id.length} ${id}\n`;
}

function rowIds(set: TrainingRows): string {
  return digestsOf(set.rows, (row) => idText(set, row));
}

function rowValues(set: TrainingRows): string {
  const values = new Float64Array(1 + set.columns);
  return digestsOf(set.rows, (row) => {
    for (let column = -1; column < set.columns; column += 1) {
      values[column + 1] = valueAt(set, row, column);
    }
    return values;
  });
}

function digestsOf(rows: number, contentOf: (row: number) => string | Float64Array): string {
  const bytes = Buffer.alloc(rows * 4);
  for (let row = 0; row < rows; row += 1) {
    hash('sha256', contentOf(row), 'buffer').copy(bytes, row * 4, 0, 4);
  }
  return bytes.toString('base64');
}
