import type { DerivedColumn } from '../../shared/compute/derived-column.ts';
import { derivedColumn } from '../../shared/compute/text-columns.ts';
import { columnOf, type EventTable, type RowFilter } from './event-table.ts';
import { sortOrder } from './sort-order.ts';

/** Events as threads share them: in (ts, seq) order, over shared memory. Nobody changes the arrays. */
export interface SharedEvents {
  readonly rows: number;
  /** Visible time, epoch ms. */
  readonly ts: Float64Array;
  /** Position in the event log. */
  readonly seq: Float64Array;
  /** From when on each event was known, epoch ms; undefined when all were known as soon as they were visible. */
  readonly knownMs: Float64Array | undefined;
  /** Numeric columns by name. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Key columns by name: codes of a {@link KeyCodes}. */
  readonly keys: ReadonlyMap<string, Uint32Array>;
}

/** Some events of one source, as they are read. */
export interface EventPart {
  readonly table: EventTable;
  /** From when on they were known, epoch ms; negative infinity for history, which was known as soon as it was visible. */
  readonly ingestedMs: number;
  /** Which rows are meant; undefined means all. */
  readonly keeps: RowFilter | undefined;
}

/** Stands for a text that no event holds, and for a missing one. */
export const noCode = 0xffff_ffff;

/** The texts of one key column, numbered in the order in which they came. */
export class KeyCodes {
  readonly #codes = new Map<string, number>();
  #lastDictionary: readonly string[] | undefined;
  #lastCodes: Uint32Array = new Uint32Array(0);

  /** How many texts there are. */
  get size(): number {
    return this.#codes.size;
  }

  /** Gives the code of each text of a dictionary; new texts get new codes. The parts of one scan share their dictionary. */
  codesOf(dictionary: readonly string[]): Uint32Array {
    if (dictionary !== this.#lastDictionary) {
      this.#lastDictionary = dictionary;
      this.#lastCodes = Uint32Array.from(dictionary, (text) => this.#codeOf(text));
    }
    return this.#lastCodes;
  }

  /** Gives the code of each text of a dictionary; {@link noCode} for a new one. */
  knownCodesOf(dictionary: readonly string[]): Uint32Array {
    return Uint32Array.from(dictionary, (text) => this.#codes.get(text) ?? noCode);
  }

  #codeOf(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }
}

/** Makes a column of numbers out of a text column, part by part: each text of a dictionary is looked at once. */
class DerivedNumbers {
  readonly #derived: DerivedColumn;
  #lastDictionary: readonly string[] | undefined;
  #numbers: Float64Array = new Float64Array(0);

  constructor(derived: DerivedColumn) {
    this.#derived = derived;
  }

  /** Writes the numbers of some rows of a table. */
  write(
    table: EventTable,
    rows: Uint32Array,
    { into, at }: { readonly into: Float64Array | undefined; readonly at: number },
  ): void {
    const { dictionary, codes } = columnOf(table.texts, this.#derived.column);
    if (dictionary !== this.#lastDictionary) {
      this.#lastDictionary = dictionary;
      const all = Uint32Array.from(dictionary, (_, code) => code);
      this.#numbers = derivedColumn(this.#derived, { dictionary, codes: all });
    }
    if (into === undefined) return;
    for (let index = 0; index < rows.length; index += 1) {
      into[at + index] = this.#numbers[codes[rows[index] ?? 0] ?? noCode] ?? Number.NaN;
    }
  }
}

/** What a {@link SharedEventsBuilder} holds of each event, beside its times. */
export interface SharedShape {
  /** Columns that parts hold as numbers. */
  readonly numbers: readonly string[];
  /** Columns of numbers that are made from texts. */
  readonly derived: readonly DerivedColumn[];
  /** By key column. */
  readonly codes: ReadonlyMap<string, KeyCodes>;
}

/** Grows {@link SharedEvents} out of parts. */
export class SharedEventsBuilder {
  readonly #numberNames: readonly string[];
  readonly #derived: readonly DerivedNumbers[];
  readonly #columnNames: readonly string[];
  readonly #keyNames: readonly string[];
  readonly #codes: ReadonlyMap<string, KeyCodes>;
  readonly #columns: Float64Array[];
  readonly #keys: Uint32Array[];
  #rows = 0;
  #capacity: number;
  #isSorted = true;
  #hasLate = false;

  /** `rowsHint` saves growing; more rows may come. */
  constructor({ numbers, derived, codes }: SharedShape, rowsHint: number) {
    this.#numberNames = numbers;
    this.#derived = derived.map((column) => new DerivedNumbers(column));
    this.#columnNames = [...numbers, ...derived.map(({ name }) => name)];
    this.#keyNames = [...codes.keys()];
    this.#codes = codes;
    this.#capacity = Math.max(1_024, rowsHint);
    // ts, seq and known times come first.
    this.#columns = Array.from({ length: 3 + this.#columnNames.length }, () =>
      sharedDoubles(this.#capacity),
    );
    this.#keys = this.#keyNames.map(() => sharedCodes(this.#capacity));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Appends the rows of a part that are meant and that `keeps` keeps too. */
  append({ table, ingestedMs, keeps }: EventPart, alsoKeeps?: RowFilter): void {
    const chosen = chosenRows(table.rows, keeps, alsoKeeps);
    this.#reserve(this.#rows + chosen.length);
    const at = this.#rows;
    const [ts, seq, known, ...numbers] = this.#columns;
    gather(table.ts, chosen, { into: ts, at });
    gather(table.seq, chosen, { into: seq, at });
    known?.fill(ingestedMs, at, at + chosen.length);
    this.#numberNames.forEach((name, index) => {
      gather(columnOf(table.numbers, name), chosen, { into: numbers[index], at });
    });
    this.#derived.forEach((derived, index) => {
      derived.write(table, chosen, { into: numbers[this.#numberNames.length + index], at });
    });
    this.#keyNames.forEach((name, index) => {
      const { dictionary, codes } = columnOf(table.texts, name);
      const translation = columnOf(this.#codes, name).codesOf(dictionary);
      const into = this.#keys[index];
      if (into === undefined) return;
      for (let row = 0; row < chosen.length; row += 1) {
        into[at + row] = translation[codes[chosen[row] ?? 0] ?? noCode] ?? noCode;
      }
    });
    this.#rows += chosen.length;
    this.#look(at, ingestedMs);
  }

  /** Gives the events, sorted. The builder must not be used afterwards. */
  finish(): SharedEvents {
    const rows = this.#rows;
    if (!this.#isSorted) this.#sort();
    const [ts, seq, known, ...numbers] = this.#columns.map((column) => column.subarray(0, rows));
    return {
      rows,
      ts: ts ?? sharedDoubles(0),
      seq: seq ?? sharedDoubles(0),
      knownMs: this.#hasLate ? known : undefined,
      numbers: new Map(
        this.#columnNames.map((name, index) => [name, numbers[index] ?? sharedDoubles(0)]),
      ),
      keys: new Map(
        this.#keyNames.map((name, index) => [
          name,
          this.#keys[index]?.subarray(0, rows) ?? sharedCodes(0),
        ]),
      ),
    };
  }

  /** Looks at what was appended from `at` on: whether it is in order, and whether any of it was late. */
  #look(at: number, ingestedMs: number): void {
    const [ts, seq] = this.#columns;
    if (ts === undefined || seq === undefined) return;
    for (let row = at; row < this.#rows; row += 1) {
      const now = ts[row] ?? 0;
      if (ingestedMs > now) this.#hasLate = true;
      if (row === 0) continue;
      const before = ts[row - 1] ?? 0;
      if (now < before || (now === before && (seq[row] ?? 0) < (seq[row - 1] ?? 0))) {
        this.#isSorted = false;
      }
    }
  }

  #sort(): void {
    const rows = this.#rows;
    const [ts, seq] = this.#columns;
    if (ts === undefined || seq === undefined) return;
    const order = sortOrder({ ts: ts.subarray(0, rows), seq: seq.subarray(0, rows) });
    for (const [index, column] of this.#columns.entries()) {
      const sorted = sharedDoubles(rows);
      gather(column, order, { into: sorted, at: 0 });
      this.#columns[index] = sorted;
    }
    for (const [index, column] of this.#keys.entries()) {
      const sorted = sharedCodes(rows);
      for (let row = 0; row < rows; row += 1) sorted[row] = column[order[row] ?? 0] ?? 0;
      this.#keys[index] = sorted;
    }
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    while (this.#capacity < rows) this.#capacity *= 2;
    for (const [index, column] of this.#columns.entries()) {
      const grown = sharedDoubles(this.#capacity);
      grown.set(column);
      this.#columns[index] = grown;
    }
    for (const [index, column] of this.#keys.entries()) {
      const grown = sharedCodes(this.#capacity);
      grown.set(column);
      this.#keys[index] = grown;
    }
  }
}

/** Gives zeros that threads may share. */
export function sharedDoubles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

/** Gives zeros that threads may share. */
export function sharedCodes(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}

function chosenRows(
  rows: number,
  keeps: RowFilter | undefined,
  alsoKeeps: RowFilter | undefined,
): Uint32Array {
  const chosen = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row += 1) {
    if (keeps !== undefined && !keeps(row)) continue;
    if (alsoKeeps !== undefined && !alsoKeeps(row)) continue;
    chosen[count] = row;
    count += 1;
  }
  return chosen.subarray(0, count);
}

function gather(
  from: Float64Array,
  rows: Uint32Array,
  { into, at }: { readonly into: Float64Array | undefined; readonly at: number },
): void {
  if (into === undefined) return;
  for (let index = 0; index < rows.length; index += 1) {
    into[at + index] = from[rows[index] ?? 0] ?? Number.NaN;
  }
}
