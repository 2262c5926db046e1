import { entityKey } from '../../shared/compute/plan.ts';
import type { EntityTable } from './entity-table.ts';
import { columnOf, type EventTable } from './event-table.ts';

/**
 * Adds the events [from, until) of a record to the states of one view's entities.
 * @throws {MeshError} DATA_LOSS / STATE_CORRUPT
 */
export function applyEvents(
  table: EntityTable,
  events: EventTable,
  { from, until }: { readonly from: number; readonly until: number },
): void {
  const { plan } = table.view;
  const keys = plan.by.map((name) => columnOf(events.texts, name));
  const columns = plan.columns.map((name) => columnOf(events.numbers, name));
  const values = new Float64Array(columns.length);
  for (let row = from; row < until; row += 1) {
    columns.forEach((column, index) => {
      values[index] = column[row] ?? Number.NaN;
    });
    const key = entityKey(keys.map(({ dictionary, codes }) => dictionary[codes[row] ?? 0] ?? ''));
    table.insert(key, { ts: events.ts[row] ?? 0, seq: events.seq[row] ?? 0, values });
  }
}
