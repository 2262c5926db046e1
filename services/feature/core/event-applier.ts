import type { EntityHandle, EntityTable } from './entity-table.ts';
import { columnOf, type EventTable } from './event-table.ts';
import { withColumns } from './record-columns.ts';
import { columnsOfView, viewColumns } from './view-columns.ts';

/** Brings the events of one record into the states of one view's entities, slice by slice. */
export class EventApplier {
  readonly #table: EntityTable;
  readonly #events: EventTable;
  readonly #columns: readonly Float64Array[];
  readonly #values: Float64Array;
  /** One an event; undefined where a part of its key is missing: it is of no entity. */
  readonly #handles: readonly (EntityHandle | undefined)[];

  /** @throws {MeshError} as withColumns */
  constructor(table: EntityTable, stored: EventTable) {
    const { plan } = table.view;
    const events = withColumns(plan.source, stored, columnsOfView(plan));
    this.#table = table;
    this.#events = events;
    this.#columns = viewColumns(events, plan);
    this.#values = new Float64Array(plan.columns.length);
    const keys = plan.by.map((name) => columnOf(events.texts, name));
    this.#handles = table.handles.of(keys, events.rows);
  }

  /**
   * Adds the events [from, until), in ascending slices.
   * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
   */
  apply(from: number, until: number): void {
    const { ts, seq } = this.#events;
    const values = this.#values;
    for (let row = from; row < until; row += 1) {
      const handle = this.#handles[row];
      if (handle === undefined) continue;
      for (let index = 0; index < values.length; index += 1) {
        values[index] = this.#columns[index]?.[row] ?? Number.NaN;
      }
      this.#table.insert(handle, ts[row] ?? 0, seq[row] ?? 0, values);
    }
  }

  /** Gives the keys of all entities that the events are about, each once. */
  keys(): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const handle of new Set(this.#handles)) if (handle !== undefined) keys.add(handle.key);
    return keys;
  }
}
