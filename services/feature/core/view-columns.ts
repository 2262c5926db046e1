import type { ViewPlan } from '../../shared/compute/plan.ts';
import { derivedColumn } from '../../shared/compute/text-columns.ts';
import { columnOf, type EventTable } from './event-table.ts';

/** Gives the columns of numbers that a view's features read, in the view's order; those made from texts are made here. */
export function viewColumns(table: EventTable, view: ViewPlan): readonly Float64Array[] {
  return view.columns.map((name) => {
    const derived = view.derivedColumns.find((column) => column.name === name);
    return derived === undefined
      ? columnOf(table.numbers, name)
      : derivedColumn(derived, columnOf(table.texts, derived.column));
  });
}
