import { createHash } from 'node:crypto';
import type { TrainingRows } from './training-rows.ts';

// 8,192: a leaf of about 1.5 MB at 20 columns; when two sets differ, their leaves say which rows do.
const leafRowsMax = 8_192;
const missing = 1;
const valueBytes = 9;
const headBytes = 12;

/** Rows of so many bytes are hashed at once: they stay in the processor's cache. */
const bufferBytes = 65_536;

/** Hash of a training set: `root` names it, `leaves` find where two sets differ. Each 64 hexadecimal digits. */
export interface TrainingSetHash {
  readonly root: string;
  /** One for each 8,192 rows in canonical order. */
  readonly leaves: readonly string[];
}

/**
 * Hashes the canonical rows of a training set, whatever order they come in: SHA-256 over rows sorted by (time, event id by
 * UTF-16 code units), in leaves of 8,192 rows. A row is its time as float64, the bytes of its id behind their number as
 * uint32, then label and features, each one byte (0 value, 1 missing) and a float64; all little-endian, -0 as 0,
 * NaN as missing. The root is the hash of rows and columns as uint32 and all leaves. Costs a sort when rows are out of order.
 */
export function hashTrainingSet(set: TrainingRows): TrainingSetHash {
  const hasher = new TrainingSetHasher(set.columns);
  hasher.add(set, canonicalOrder(set));
  return hasher.finish();
}

/** Hashes rows as they come, in canonical order, as {@link hashTrainingSet} does; holds one digest for each leaf. */
export class TrainingSetHasher {
  readonly #columns: number;
  readonly #leaves: Buffer[] = [];
  /** Rows that are not hashed yet: a call for each of them costs more than their hash. */
  #bytes = Buffer.alloc(bufferBytes);
  #length = 0;
  #leaf = createHash('sha256');
  #leafRows = 0;
  #rows = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Adds rows behind those that were added, in the order of `order`; without it, as they are. */
  add(set: TrainingRows, order?: Uint32Array): void {
    for (let index = 0; index < set.rows; index++) {
      this.#addRow(set, order?.[index] ?? index);
      if (this.#leafRows === leafRowsMax) this.#endLeaf();
    }
  }

  /** Gives the hash of all rows; nothing may be added afterwards. */
  finish(): TrainingSetHash {
    if (this.#leafRows > 0) this.#endLeaf();
    const root = createHash('sha256').update(uint32s(this.#rows, this.#columns));
    for (const leaf of this.#leaves) root.update(leaf);
    return { root: root.digest('hex'), leaves: this.#leaves.map((leaf) => leaf.toString('hex')) };
  }

  #addRow(set: TrainingRows, row: number): void {
    const id = set.eventIds[row] ?? '';
    // UTF-8 takes three bytes for a UTF-16 unit at most.
    const least = headBytes + 3 * id.length + valueBytes * (1 + set.columns);
    if (this.#length + least > this.#bytes.length) this.#hashRows(least);
    const bytes = this.#bytes;
    let at = this.#length;
    const idBytes = bytes.write(id, at + headBytes, 'utf8');
    bytes.writeDoubleLE(set.atMs[row] ?? 0, at);
    bytes.writeUInt32LE(idBytes, at + 8);
    at = writeValue(bytes, at + headBytes + idBytes, set.labels[row] ?? Number.NaN);
    const first = row * set.columns;
    for (let column = 0; column < set.columns; column++) {
      at = writeValue(bytes, at, set.features[first + column] ?? Number.NaN);
    }
    this.#length = at;
    this.#leafRows += 1;
    this.#rows += 1;
  }

  /** Hashes the rows that were written down, and makes room for one of so many bytes. */
  #hashRows(rowBytes: number): void {
    this.#leaf.update(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    if (rowBytes > this.#bytes.length) this.#bytes = Buffer.alloc(rowBytes);
  }

  #endLeaf(): void {
    this.#hashRows(0);
    this.#leaves.push(this.#leaf.digest());
    this.#leaf = createHash('sha256');
    this.#leafRows = 0;
  }
}

function canonicalOrder(set: TrainingRows): Uint32Array {
  const order = Uint32Array.from({ length: set.rows }, (_, row) => row);
  const compare = (left: number, right: number): number =>
    (set.atMs[left] ?? 0) - (set.atMs[right] ?? 0) ||
    compareText(set.eventIds[left] ?? '', set.eventIds[right] ?? '');
  for (let row = 1; row < set.rows; row++) {
    if (compare(row - 1, row) > 0) return order.sort(compare);
  }
  return order;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Gives where it ends. */
function writeValue(target: Buffer, at: number, value: number): number {
  const isMissing = Number.isNaN(value);
  target[at] = isMissing ? missing : 0;
  // Adding 0 turns -0 into 0.
  target.writeDoubleLE(isMissing ? 0 : value + 0, at + 1);
  return at + valueBytes;
}

function uint32s(first: number, second: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(first, 0);
  bytes.writeUInt32LE(second, 4);
  return bytes;
}
