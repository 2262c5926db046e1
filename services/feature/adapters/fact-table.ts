import type { StoreTable } from '../../shared/platform/store/key-value-store.ts';

/** Single values of the feature service by name, each of the one type that its writer gives it. */
export class FactTable {
  readonly #table: StoreTable;

  constructor(table: StoreTable) {
    this.#table = table;
  }

  /** Gives a number; 0 when it was never written. */
  number(name: string): number {
    return this.numberOf(name) ?? 0;
  }

  /** Gives a number; undefined when it was never written. */
  numberOf(name: string): number | undefined {
    const bytes = this.#table.get(name);
    return bytes === undefined ? undefined : readNumber(bytes);
  }

  /** Gives what {@link put} was given; undefined when it was never written. */
  get<T>(name: string): T | undefined {
    const bytes = this.#table.get(name);
    // Each name has one writer in this folder, and one type.
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T);
  }

  /** Gives the names that begin with a text. */
  *names(prefix: string): Generator<string> {
    for (const { key } of this.#table.range({ start: prefix, end: `${prefix}\u{10ffff}` })) {
      yield String(key);
    }
  }

  /** Inside a commit only. */
  putNumber(name: string, value: number): void {
    this.#table.put(name, numberBytes(value));
  }

  /** Inside a commit only. */
  put(name: string, value: unknown): void {
    this.#table.put(name, Buffer.from(JSON.stringify(value), 'utf8'));
  }

  /** Inside a commit only. */
  remove(name: string): void {
    this.#table.remove(name);
  }
}

/** Gives a number as 8 bytes. */
export function numberBytes(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => {
    bytes.writeDoubleLE(value, 8 * index);
  });
  return bytes;
}

/** Reads one of the numbers of {@link numberBytes}. */
export function readNumber(bytes: Uint8Array, index = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(8 * index, true);
}
