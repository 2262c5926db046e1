import type { EventColumns } from '../../shared/compute/event-columns.ts';
import { entityKey, type ViewPlan } from '../../shared/compute/plan.ts';
import { columnOf, type EventTable, type TextColumn } from './event-table.ts';
import { keyCheck } from './record-columns.ts';
import { viewColumns } from './view-columns.ts';

/** The events of one entity of a view, in (ts, seq) order. */
export interface EntityGroup {
  readonly key: string;
  readonly events: EventColumns;
  /** Row of each event in the table that was grouped. */
  readonly tableRows: Uint32Array;
}

/** Groups the events of a sorted table by the entities of a view; the order inside a group stays. Events without a key are of none. O(rows). */
export class EntityGroups {
  readonly #table: EventTable;
  readonly #view: ViewPlan;
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ts: Float64Array;
  readonly #seq: Float64Array;
  readonly #columns: ReadonlyMap<string, Float64Array>;
  readonly #indexOf = new Map<string, number>();
  readonly #keys: string[] = [];

  constructor(table: EventTable, view: ViewPlan) {
    this.#table = table;
    this.#view = view;
    const groupOf = this.#assignGroups();
    this.#starts = startsOf(groupOf, this.#keys.length);
    this.#rows = rowsByGroup(groupOf, this.#starts);
    this.#ts = permuted(table.ts, this.#rows);
    this.#seq = permuted(table.seq, this.#rows);
    const columns = viewColumns(table, view).map((column) => permuted(column, this.#rows));
    this.#columns = new Map(
      view.columns.map((name, index) => [name, columns[index] ?? new Float64Array(0)]),
    );
  }

  /** How many entities there are. */
  get count(): number {
    return this.#keys.length;
  }

  /** Index of an entity; undefined when the table holds none of its events. */
  indexOf(key: string): number | undefined {
    return this.#indexOf.get(key);
  }

  /** Gives the group at an index from 0 to count - 1, as views of shared arrays. */
  at(index: number): EntityGroup {
    const from = this.#starts[index] ?? 0;
    const until = this.#starts[index + 1] ?? from;
    const columns = new Map<string, Float64Array>();
    for (const [name, column] of this.#columns) columns.set(name, column.subarray(from, until));
    return {
      key: this.#keys[index] ?? '',
      events: {
        rows: until - from,
        ts: this.#ts.subarray(from, until),
        seq: this.#seq.subarray(from, until),
        columns,
      },
      tableRows: this.#rows.subarray(from, until),
    };
  }

  /** Gives the group of each row, and fills keys in order of first appearance. */
  #assignGroups(): Uint32Array {
    const parts = this.#view.by.map((name) => columnOf(this.#table.texts, name));
    const keyAt = (row: number): string =>
      entityKey(parts.map((part) => part.dictionary[part.codes[row] ?? 0] ?? ''));
    const identify = identifier(parts, keyAt);
    const groupOf = new Uint32Array(this.#table.rows);
    const groupOfIdentity = new Map<number | string, number>();
    const hasKey = keyCheck(parts);
    for (let row = 0; row < groupOf.length; row += 1) {
      if (!hasKey(row)) {
        groupOf[row] = noGroup;
        continue;
      }
      const identity = identify(row);
      let group = groupOfIdentity.get(identity);
      if (group === undefined) {
        const key = keyAt(row);
        group = this.#keys.push(key) - 1;
        groupOfIdentity.set(identity, group);
        this.#indexOf.set(key, group);
      }
      groupOf[row] = group;
    }
    return groupOf;
  }
}

/** Stands for an event of no entity. */
const noGroup = 0xffff_ffff;

/** Gives what tells entities apart: the composite of the codes, cheaper to look up than text, where a number can hold it. */
function identifier(
  parts: readonly TextColumn[],
  keyAt: (row: number) => string,
): (row: number) => number | string {
  const combinations = parts.reduce((product, part) => product * part.dictionary.length, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) return keyAt;
  return (row) => {
    let composite = 0;
    for (const part of parts) {
      composite = composite * part.dictionary.length + (part.codes[row] ?? 0);
    }
    return composite;
  };
}

function startsOf(groupOf: Uint32Array, groups: number): Uint32Array {
  const starts = new Uint32Array(groups + 1);
  for (const group of groupOf) {
    if (group !== noGroup) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  }
  for (let group = 0; group < groups; group += 1) {
    starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  }
  return starts;
}

function rowsByGroup(groupOf: Uint32Array, starts: Uint32Array): Uint32Array {
  const next = starts.slice();
  const rows = new Uint32Array(starts[starts.length - 1] ?? 0);
  for (let row = 0; row < groupOf.length; row += 1) {
    const group = groupOf[row] ?? noGroup;
    if (group === noGroup) continue;
    const at = next[group] ?? 0;
    rows[at] = row;
    next[group] = at + 1;
  }
  return rows;
}

function permuted(column: Float64Array, rows: Uint32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    result[index] = column[rows[index] ?? 0] ?? Number.NaN;
  }
  return result;
}
