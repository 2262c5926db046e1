import type { ColumnType } from '../compute/plan.ts';
import type { ColumnNames, Columns } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { Condition, NumberTerm, TimestampTerm } from './term.ts';

/** Columns that expressions can read: all but text. */
export type NumericColumn<C extends Columns> = ColumnNames<
  C,
  'int' | 'float' | 'bool' | 'timestamp'
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
      const type = numericType(columns, name, subject);
      const expression = { kind: 'column', column: name } as const;
      // The conditional type TermOf mirrors this choice; the compiler can't follow it.
      if (type === 'timestamp') return new TimestampTerm(expression) as TermOf<C[N]['type']>;
      if (type === 'bool') return new Condition(expression) as TermOf<C[N]['type']>;
      return new NumberTerm(expression) as TermOf<C[N]['type']>;
    },
  };
}

/**
 * Gives the type of a column that numbers can be read from.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when there is no such column or it is text.
 */
export function numericType(columns: Columns, name: string, subject: string): ColumnType {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column === undefined) {
    throw definitionInvalid(
      subject,
      `reads column '${name}', which the source doesn't have; its columns are ${Object.keys(columns).join(', ')}`,
    );
  }
  if (column.type === 'text') {
    throw definitionInvalid(subject, `reads numbers from the text column '${name}'`);
  }
  return column.type;
}
