import { entityKey } from '../../shared/compute/plan.ts';
import type { EntityHandle, EntityTable } from './entity-table.ts';
import { columnOf, type EventTable, type TextColumn } from './event-table.ts';
import { keyCheck, withColumns } from './record-columns.ts';
import { columnsOfView, viewColumns } from './view-columns.ts';

/** Brings the events of one record into the states of one view's entities, slice by slice. */
export class EventApplier {
  readonly #table: EntityTable;
  readonly #events: EventTable;
  readonly #hasKey: (row: number) => boolean;
  readonly #keys: readonly TextColumn[];
  readonly #columns: readonly Float64Array[];
  readonly #values: Float64Array;
  /** Entities that have come up, by the composite of their keys' codes: a text for each event would cost more than the rest. */
  readonly #handles = new Map<number, EntityHandle>();

  /** @throws {MeshError} as withColumns */
  constructor(table: EntityTable, stored: EventTable) {
    const { plan } = table.view;
    const events = withColumns(plan.source, stored, columnsOfView(plan));
    this.#table = table;
    this.#events = events;
    this.#keys = plan.by.map((name) => columnOf(events.texts, name));
    this.#hasKey = keyCheck(this.#keys);
    this.#columns = viewColumns(events, plan);
    this.#values = new Float64Array(plan.columns.length);
  }

  /**
   * Adds the events [from, until), in ascending slices.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  apply(from: number, until: number): void {
    const { ts, seq } = this.#events;
    const values = this.#values;
    for (let row = from; row < until; row += 1) {
      if (!this.#hasKey(row)) continue;
      for (let index = 0; index < values.length; index += 1) {
        values[index] = this.#columns[index]?.[row] ?? Number.NaN;
      }
      this.#table.insert(this.#handleAt(row), ts[row] ?? 0, seq[row] ?? 0, values);
    }
  }

  /** Gives the keys of all entities that the events are about, each once. */
  keys(): ReadonlySet<string> {
    const keys = new Set<string>();
    for (let row = 0; row < this.#events.rows; row += 1) {
      if (this.#hasKey(row)) keys.add(this.#handleAt(row).key);
    }
    return keys;
  }

  #handleAt(row: number): EntityHandle {
    // Dictionaries are at most as long as a batch: the composite of five of them is exact in a double.
    let composite = 0;
    for (const { dictionary, codes } of this.#keys) {
      composite = composite * dictionary.length + (codes[row] ?? 0);
    }
    if (composite > Number.MAX_SAFE_INTEGER) return this.#table.handle(this.#keyAt(row));
    const known = this.#handles.get(composite);
    if (known !== undefined) return known;
    const handle = this.#table.handle(this.#keyAt(row));
    this.#handles.set(composite, handle);
    return handle;
  }

  #keyAt(row: number): string {
    return entityKey(this.#keys.map(({ dictionary, codes }) => dictionary[codes[row] ?? 0] ?? ''));
  }
}
