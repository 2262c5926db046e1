import type { ColumnPlan, SourcePlan, ViewPlan } from '../../shared/compute/plan.ts';
import type { TableShape } from './event-table.ts';

/** A source as this service stores it: which columns are numbers, which are texts. */
export interface SourceSchema {
  readonly source: SourcePlan;
  /** Views over the source. */
  readonly views: readonly ViewPlan[];
  /** Columns that are stored as numbers, in the author's order. */
  readonly numberColumns: readonly ColumnPlan[];
  /** Columns that are stored as text, in the author's order. */
  readonly textColumns: readonly ColumnPlan[];
  /** Columns that are part of an entity key, each once. A value may not be missing there. */
  readonly keyColumns: readonly string[];
}

/** Gives the schema of a source under these views of the mesh. */
export function sourceSchema(source: SourcePlan, views: readonly ViewPlan[]): SourceSchema {
  const own = views.filter((view) => view.source === source.name);
  return {
    source,
    views: own,
    numberColumns: source.columns.filter((column) => column.type !== 'text'),
    textColumns: source.columns.filter((column) => column.type === 'text'),
    keyColumns: [...new Set(own.flatMap((view) => view.by))],
  };
}

/** Gives the shape of a table with every column of the source; keys that are numbers come as text too. */
export function fullShape(schema: SourceSchema): TableShape {
  const texts = new Set(schema.textColumns.map((column) => column.name));
  for (const name of schema.keyColumns) texts.add(name);
  return {
    numbers: schema.numberColumns.map((column) => column.name),
    texts: [...texts],
    hasIds: true,
  };
}

/** Gives the shape that is enough to fold the views: their columns and keys, no ids. */
export function viewShape(schema: SourceSchema): TableShape {
  const derived = schema.views.flatMap((view) => view.derivedColumns);
  const derivedNames = new Set(derived.map((column) => column.name));
  const numbers = schema.views.flatMap((view) => view.columns);
  return {
    numbers: [...new Set(numbers.filter((name) => !derivedNames.has(name)))],
    texts: [...new Set([...schema.keyColumns, ...derived.map(({ column }) => column)])],
    hasIds: false,
  };
}
