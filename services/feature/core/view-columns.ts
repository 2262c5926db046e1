import type { ViewPlan } from '../../shared/compute/plan.ts';
import { derivedColumn } from '../../shared/compute/text-columns.ts';
import { columnOf, type EventTable, type TableShape } from './event-table.ts';

/** Gives which columns a view needs: keys, and what its features read. */
export function columnsOfView(view: ViewPlan): Pick<TableShape, 'numbers' | 'texts'> {
  const derived = new Map(view.derivedColumns.map(({ name, column }) => [name, column]));
  return {
    numbers: view.columns.filter((name) => !derived.has(name)),
    texts: [...view.by, ...derived.values()],
  };
}

/** Gives the columns of numbers that a view's features read, in the view's order; those made from texts are made here. */
export function viewColumns(table: EventTable, view: ViewPlan): readonly Float64Array[] {
  return view.columns.map((name) => {
    const derived = view.derivedColumns.find((column) => column.name === name);
    return derived === undefined
      ? columnOf(table.numbers, name)
      : derivedColumn(derived, columnOf(table.texts, derived.column));
  });
}
