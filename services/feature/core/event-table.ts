import assert from 'node:assert/strict';
import { sortOrder } from './sort-order.ts';

/** A text column: one code a row, which leads into the dictionary. Two tables have two dictionaries. */
export interface TextColumn {
  /** Each text once. */
  readonly dictionary: readonly string[];
  /** Indexes into the dictionary, one a row; {@link nullCode} where there is no text. */
  readonly codes: Uint32Array;
}

/** Stands for a missing text, which is not the empty one. */
export const nullCode = 0xffff_ffff;

/** Events of one source, columnar. Whoever made a table owns its arrays; nobody changes them. */
export interface EventTable {
  readonly rows: number;
  /** Visible time: event time plus the delay of the source; epoch ms. */
  readonly ts: Float64Array;
  /** Position in the event log, from 1. */
  readonly seq: Float64Array;
  /** Columns that hold numbers, booleans (0 or 1) or timestamps (epoch ms); NaN where a value is missing. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Text columns, and every column that is part of an entity key, as text. */
  readonly texts: ReadonlyMap<string, TextColumn>;
  /** Event ids; empty where they were not asked for. */
  readonly ids: readonly string[];
}

/** Which columns a table holds. */
export interface TableShape {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  readonly hasIds: boolean;
}

/** Which rows of a part go into a table; undefined means all. */
export type RowFilter = (row: number) => boolean;

/** Grows one table out of parts, each with dictionaries of its own, and sorts it by (ts, seq) at the end. */
export class EventTableBuilder {
  readonly #shape: TableShape;
  #rows = 0;
  #capacity = 4096;
  #ts = new Float64Array(4096);
  #seq = new Float64Array(4096);
  readonly #numbers = new Map<string, Float64Array>();
  readonly #texts = new Map<string, GrowingText>();
  readonly #ids: string[] = [];
  #isSorted = true;

  constructor(shape: TableShape) {
    this.#shape = shape;
    for (const name of shape.numbers) this.#numbers.set(name, new Float64Array(this.#capacity));
    for (const name of shape.texts) this.#texts.set(name, new GrowingText(this.#capacity));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Appends the rows of a part that the filter keeps. The part has to hold every column of the shape. */
  append(part: EventTable, keeps?: RowFilter): void {
    const chosen = chosenRows(part, keeps);
    this.#reserve(this.#rows + chosen.length);
    this.#appendTimes(part, chosen);
    for (const name of this.#shape.numbers) {
      gather(columnOf(part.numbers, name), chosen, {
        into: this.#numberColumn(name),
        at: this.#rows,
      });
    }
    for (const name of this.#shape.texts) {
      this.#texts.get(name)?.append(columnOf(part.texts, name), chosen, this.#rows);
    }
    if (this.#shape.hasIds) for (const row of chosen) this.#ids.push(part.ids[row] ?? '');
    this.#rows += chosen.length;
  }

  /** Gives the table, sorted by (ts, seq). The builder must not be used afterwards. */
  finish(): EventTable {
    const rows = this.#rows;
    const table: EventTable = {
      rows,
      ts: this.#ts.subarray(0, rows),
      seq: this.#seq.subarray(0, rows),
      numbers: mapValues(this.#numbers, (column) => column.subarray(0, rows)),
      texts: mapValues(this.#texts, (column) => column.finish(rows)),
      ids: this.#ids,
    };
    return this.#isSorted ? table : sorted(table);
  }

  #appendTimes(part: EventTable, chosen: Uint32Array): void {
    const ts = this.#ts;
    const seq = this.#seq;
    let at = this.#rows;
    let lastTs = ts[at - 1] ?? Number.NEGATIVE_INFINITY;
    let lastSeq = seq[at - 1] ?? 0;
    for (const row of chosen) {
      const rowTs = part.ts[row] ?? 0;
      const rowSeq = part.seq[row] ?? 0;
      if (rowTs < lastTs || (rowTs === lastTs && rowSeq < lastSeq)) this.#isSorted = false;
      ts[at] = rowTs;
      seq[at] = rowSeq;
      lastTs = rowTs;
      lastSeq = rowSeq;
      at += 1;
    }
  }

  #numberColumn(name: string): Float64Array {
    return columnOf(this.#numbers, name);
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    while (this.#capacity < rows) this.#capacity *= 2;
    this.#ts = grown(this.#ts, this.#capacity);
    this.#seq = grown(this.#seq, this.#capacity);
    for (const [name, column] of this.#numbers) {
      this.#numbers.set(name, grown(column, this.#capacity));
    }
    for (const column of this.#texts.values()) column.reserve(this.#capacity);
  }
}

/** Gives some rows of a table, in the order given, with all columns and ids. */
export function pickRows(table: EventTable, rows: Uint32Array): EventTable {
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(rows.length);
    gather(column, rows, { into: picked, at: 0 });
    return picked;
  };
  return {
    rows: rows.length,
    ts: pick(table.ts),
    seq: pick(table.seq),
    numbers: mapValues(table.numbers, pick),
    texts: mapValues(table.texts, ({ dictionary, codes }) => ({
      dictionary,
      codes: Uint32Array.from(rows, (row) => codes[row] ?? nullCode),
    })),
    ids: table.ids.length === 0 ? [] : Array.from(rows, (row) => table.ids[row] ?? ''),
  };
}

/** Gives a column that has to be there. */
export function columnOf<T>(columns: ReadonlyMap<string, T>, name: string): T {
  const column = columns.get(name);
  assert(column !== undefined, `the table holds no column '${name}'`);
  return column;
}

/** A text column that grows, and translates the codes of its parts. */
class GrowingText {
  readonly #dictionary: string[] = [];
  readonly #codeOf = new Map<string, number>();
  #codes: Uint32Array;
  /** Translation of the dictionary of the last part: the parts of one scan share theirs. */
  #lastDictionary: readonly string[] | undefined;
  #translation: Uint32Array = new Uint32Array(0);

  constructor(capacity: number) {
    this.#codes = new Uint32Array(capacity);
  }

  append(part: TextColumn, chosen: Uint32Array, at: number): void {
    const translation = this.#translationOf(part.dictionary);
    for (let index = 0; index < chosen.length; index += 1) {
      this.#codes[at + index] = translation[part.codes[chosen[index] ?? 0] ?? 0] ?? nullCode;
    }
  }

  reserve(capacity: number): void {
    const codes = new Uint32Array(capacity);
    codes.set(this.#codes);
    this.#codes = codes;
  }

  finish(rows: number): TextColumn {
    return { dictionary: this.#dictionary, codes: this.#codes.subarray(0, rows) };
  }

  #translationOf(dictionary: readonly string[]): Uint32Array {
    if (dictionary === this.#lastDictionary) return this.#translation;
    this.#lastDictionary = dictionary;
    this.#translation = Uint32Array.from(dictionary, (text) => this.#code(text));
    return this.#translation;
  }

  #code(text: string): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    const code = this.#dictionary.push(text) - 1;
    this.#codeOf.set(text, code);
    return code;
  }
}

function chosenRows(part: EventTable, keeps: RowFilter | undefined): Uint32Array {
  const chosen = new Uint32Array(part.rows);
  let count = 0;
  for (let row = 0; row < part.rows; row += 1) {
    if (keeps !== undefined && !keeps(row)) continue;
    chosen[count] = row;
    count += 1;
  }
  return chosen.subarray(0, count);
}

function gather(
  from: Float64Array,
  chosen: Uint32Array,
  { into, at }: { readonly into: Float64Array; readonly at: number },
): void {
  for (let index = 0; index < chosen.length; index += 1) {
    into[at + index] = from[chosen[index] ?? 0] ?? Number.NaN;
  }
}

function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

function mapValues<A, B>(
  from: ReadonlyMap<string, A>,
  change: (value: A) => B,
): ReadonlyMap<string, B> {
  return new Map([...from].map(([name, value]) => [name, change(value)]));
}

function sorted(table: EventTable): EventTable {
  return pickRows(table, sortOrder(table));
}
