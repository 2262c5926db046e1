import type { ColumnType } from '../compute/plan.ts';
import type { ColumnNames, Columns } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { Condition, NumberTerm, TimestampTerm } from './term.ts';
import { decimalExpression } from './value.ts';

/** Columns that expressions can read: all but text. */
export type NumericColumn<C extends Columns> = ColumnNames<
  C,
  'int' | 'decimal' | 'float' | 'bool' | 'timestamp'
>;

/** What an expression over a column of type `T` starts as. */
export type TermOf<T extends ColumnType> = T extends 'timestamp'
  ? TimestampTerm
  : T extends 'bool'
    ? Condition
    : NumberTerm;

/** One row, symbolically: what conditions, labels and request features are written against. */
export interface RowFrame<C extends Columns> {
  col<N extends NumericColumn<C>>(name: N): TermOf<C[N]['type']>;
}

/** Gives the symbolic row of a source; `subject` names the definition in errors. */
export function rowFrame<C extends Columns>(columns: C, subject: string): RowFrame<C> {
  return {
    col<N extends NumericColumn<C>>(name: N) {
      // The conditional type TermOf mirrors this choice; the compiler can't follow it.
      return numericTerm(columns, name, subject) as TermOf<C[N]['type']>;
    },
  };
}

/**
 * Gives what an expression over a column of numbers starts as.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when there is no such column or it is text.
 */
export function numericTerm(
  columns: Columns,
  name: string,
  subject: string,
): TimestampTerm | Condition | NumberTerm {
  const type = columnTypeOf(columns, name, subject);
  const expression = { kind: 'column', column: name } as const;
  switch (type) {
    case 'text':
      throw definitionInvalid(subject, `reads numbers from the text column '${name}'`);
    case 'timestamp':
      return new TimestampTerm(expression);
    case 'bool':
      return new Condition(expression);
    case 'decimal':
      return new NumberTerm(decimalExpression(name, columns[name]?.scale ?? 0));
    case 'int':
    case 'float':
      return new NumberTerm(expression);
  }
}

/**
 * Gives the type of a column.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when there is no such column.
 */
export function columnTypeOf(columns: Columns, name: string, subject: string): ColumnType {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column !== undefined) return column.type;
  throw definitionInvalid(
    subject,
    `reads column '${name}', which the source doesn't have; its columns are ${Object.keys(columns).join(', ')}`,
  );
}
